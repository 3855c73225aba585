// Prints, as JSON, what OpenAPI does not tell of the API's Go types: each field's Go type, the embedded structs on the
// way to it, and whether encoding leaves its zero value out. Build it where k8s.io v0.35.4 modules are at hand.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistrationv1 "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

type field struct {
	Type     string `json:"type"`
	Embedded string `json:"embedded,omitempty"`
	Omit     bool   `json:"omit,omitempty"`
	Pointer  bool   `json:"pointer,omitempty"`
}

var found = map[string]map[string]field{}

func openAPIName(t reflect.Type) string {
	path := strings.Replace(t.PkgPath(), "k8s.io/", "io.k8s.", 1)
	return strings.ReplaceAll(path, "/", ".") + "." + t.Name()
}

func collect(t reflect.Type, embedded string, into map[string]field) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			path := f.Name
			if embedded != "" {
				path = embedded + "." + path
			}
			collect(f.Type, path, into)
			visit(f.Type)
			continue
		}
		bare := f.Type
		pointer := bare.Kind() == reflect.Pointer
		if pointer {
			bare = bare.Elem()
		}
		empties := map[reflect.Kind]bool{
			reflect.String: true, reflect.Bool: true, reflect.Int32: true, reflect.Int64: true, reflect.Int: true,
			reflect.Slice: true, reflect.Map: true, reflect.Float64: true,
		}
		omit := strings.Contains(options, "omitempty") && empties[f.Type.Kind()]
		into[name] = field{Type: bare.String(), Embedded: embedded, Omit: omit, Pointer: pointer}
		visit(f.Type)
	}
}

func visit(t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		visit(t.Elem())
	case reflect.Struct:
		name := openAPIName(t)
		if _, seen := found[name]; seen || !strings.HasPrefix(t.PkgPath(), "k8s.io/") {
			return
		}
		found[name] = map[string]field{}
		collect(t, "", found[name])
	}
}

func main() {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, apiextensionsv1.AddToScheme, apiregistrationv1.AddToScheme} {
		if err := add(s); err != nil {
			panic(err)
		}
	}
	for _, t := range s.AllKnownTypes() {
		visit(t)
	}
	for _, object := range []any{version.Info{}, metav1.APIGroupList{}, metav1.APIResourceList{}, metav1.APIVersions{}} {
		visit(reflect.TypeOf(object))
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		panic(err)
	}
}

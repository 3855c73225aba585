// Writes what the Go types of the API say about protobuf: field numbers, kinds of values, pointers, omitempty.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"

	apidiscovery "k8s.io/api/apidiscovery/v2"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/controlplane"
)

type field struct {
	number            int
	name, kind, flags string
}

var messages = map[string][][]any{}
var special = map[string]string{
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time": "time", "k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime": "microTime",
	"k8s.io/apimachinery/pkg/api/resource.Quantity": "quantity", "k8s.io/apimachinery/pkg/util/intstr.IntOrString": "intOrString",
	"k8s.io/apimachinery/pkg/runtime.RawExtension": "raw", "k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1": "raw",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":                                         "duration",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON":                         "raw",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrBool":        "schemaOrBool",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrArray":       "schemaOrArray",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrStringArray": "schemaOrStrings",
}

func short(t reflect.Type) string {
	p := t.PkgPath()
	for _, x := range []string{"k8s.io/api/", "k8s.io/apimachinery/pkg/apis/", "k8s.io/apimachinery/pkg/", "k8s.io/apiextensions-apiserver/pkg/apis/", "k8s.io/kube-aggregator/pkg/apis/"} {
		if strings.HasPrefix(p, x) {
			p = strings.TrimPrefix(p, x)
			break
		}
	}
	return p + "." + t.Name()
}

// isMessage tells a named list that is a message of its own (ExtraValue, Verbs) from a repeated field.
func isMessage(t reflect.Type) bool {
	_, ok := reflect.New(t).Interface().(interface{ Marshal() ([]byte, error) })
	return ok
}

func kindOf(t reflect.Type) string {
	if s, ok := special[t.PkgPath()+"."+t.Name()]; ok {
		return s
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int32, reflect.Int64, reflect.Int:
		return "int"
	case reflect.Uint32, reflect.Uint64, reflect.Uint8:
		return "uint"
	case reflect.Float64:
		return "double"
	case reflect.Float32:
		return "float"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		// a named list that is a message of its own (ExtraValue, Verbs)
		name := short(t)
		if _, ok := messages[name]; !ok {
			messages[name] = [][]any{{1, "", kindOf(t.Elem()), "l"}}
		}
		return "items:" + name
	case reflect.Struct:
		visit(t)
		return short(t)
	}
	panic(t.String())
}

func visit(t reflect.Type) {
	name := short(t)
	if _, ok := messages[name]; ok {
		return
	}
	messages[name] = nil
	rows := [][]any{}
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		tag := f.Tag.Get("protobuf")
		if tag == "" || tag == "-" {
			continue
		}
		parts := strings.Split(tag, ",")
		n, err := strconv.Atoi(parts[1])
		if err != nil {
			panic(name + " " + tag)
		}
		j := strings.Split(f.Tag.Get("json"), ",")
		flags := ""
		for _, o := range j[1:] {
			if o == "omitempty" && !strings.Contains(flags, "e") {
				flags += "e"
			}
			if o == "omitzero" {
				flags += "z"
			}
			if o == "inline" {
				flags += "n"
			}
		}
		if j[0] == "" && f.Anonymous && !strings.Contains(flags, "n") {
			flags += "n"
		}
		ft := f.Type
		if ft.Kind() == reflect.Pointer {
			flags += "p"
			ft = ft.Elem()
		}
		if ft.Kind() == reflect.Map {
			flags += "k"
			ft = ft.Elem()
		} else if ft.Kind() == reflect.Slice && ft.Elem().Kind() != reflect.Uint8 && !isMessage(ft) {
			flags += "l"
			ft = ft.Elem()
			if ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
		}
		rows = append(rows, []any{n, j[0], kindOf(ft), flags})
	}
	sort.Slice(rows, func(a, b int) bool { return rows[a][0].(int) < rows[b][0].(int) })
	messages[name] = rows
}

func main() {
	kinds := map[string]string{}
	add := func(s *runtime.Scheme) {
		for gvk, t := range s.AllKnownTypes() {
			if gvk.Version == runtime.APIVersionInternal {
				continue
			}
			if _, ok := reflect.New(t).Interface().(interface{ Marshal() ([]byte, error) }); !ok {
				continue
			}
			visit(t)
			kinds[schema.GroupVersion{Group: gvk.Group, Version: gvk.Version}.String()+"/"+gvk.Kind] = short(t)
		}
	}
	add(legacyscheme.Scheme)
	for _, f := range []func(*runtime.Scheme) error{apiextensions.AddToScheme, apiregistration.AddToScheme, apidiscovery.AddToScheme, metav1.AddMetaToScheme} {
		s := runtime.NewScheme()
		if err := f(s); err != nil {
			panic(err)
		}
		add(s)
	}
	for _, v := range []any{metav1.Status{}, metav1.WatchEvent{}, metav1.APIVersions{}, metav1.APIGroupList{}, metav1.APIGroup{}, metav1.APIResourceList{}, metav1.PartialObjectMetadataList{}, metav1.PartialObjectMetadata{}, metav1.DeleteOptions{}} {
		visit(reflect.TypeOf(v))
	}
	out, _ := json.Marshal(map[string]any{"messages": messages, "kinds": kinds})
	os.Stdout.Write(out)
}

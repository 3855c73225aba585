// Writes the order in which Go prints the fields of every API type: one line for each type whose order is not the alphabet's.
package main

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

var orders = map[string][]string{}

func openAPIName(t reflect.Type) string {
	p := strings.Replace(t.PkgPath(), "k8s.io/", "io.k8s.", 1)
	return strings.ReplaceAll(p, "/", ".") + "." + t.Name()
}

func fields(t reflect.Type) []string {
	out := []string{}
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		inner := f.Type
		for inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if name == "" && (f.Anonymous || strings.Contains(options, "inline")) && inner.Kind() == reflect.Struct {
			visit(inner)
			out = append(out, fields(inner)...)
			continue
		}
		visit(f.Type)
		if name == "" {
			name = f.Name
		}
		out = append(out, name)
	}
	return out
}

func visit(t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || !strings.HasPrefix(t.PkgPath(), "k8s.io/") {
		return
	}
	name := openAPIName(t)
	if _, known := orders[name]; known {
		return
	}
	orders[name] = nil
	orders[name] = fields(t)
}

func main() {
	for _, t := range scheme.Scheme.AllKnownTypes() {
		visit(t)
	}
	visit(reflect.TypeOf(apiextensions.CustomResourceDefinition{}))
	visit(reflect.TypeOf(apiregistration.APIService{}))
	names := []string{}
	for name, order := range orders {
		if !sort.StringsAreSorted(order) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintln(os.Stdout, name, strings.Join(orders[name], " "))
	}
}

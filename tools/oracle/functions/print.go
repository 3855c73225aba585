package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	cliprinters "k8s.io/cli-runtime/pkg/printers"
	"k8s.io/kubernetes/pkg/printers"
	printersinternal "k8s.io/kubernetes/pkg/printers/internalversion"
)

type printIn struct {
	Objects []json.RawMessage `json:"objects"`
	Wide    bool              `json:"wide,omitempty"`
	Labels  bool              `json:"showLabels,omitempty"`
	Columns []string          `json:"labelColumns,omitempty"`
	Kind    bool              `json:"showKind,omitempty"`
	// Namespace column, as kubectl get -A.
	Namespace bool `json:"withNamespace,omitempty"`
	NoHeaders bool `json:"noHeaders,omitempty"`
}

func printTable(in printIn) (any, error) {
	if len(in.Objects) == 0 {
		return nil, fmt.Errorf("oracle: no objects")
	}
	gen := printers.NewTableGenerator().With(printersinternal.AddHandlers)
	var rows []metav1.TableRow
	var cols []metav1.TableColumnDefinition
	var gvk schema.GroupVersionKind
	for _, raw := range in.Objects {
		o, k, _, err := decodeTyped(raw)
		if err != nil {
			return nil, err
		}
		gvk = k
		internal, err := toInternal(o, k.Group)
		if err != nil {
			return nil, err
		}
		t, err := gen.GenerateTable(internal, printers.GenerateOptions{Wide: true})
		if err != nil {
			return nil, err
		}
		cols = t.ColumnDefinitions
		acc, err := meta.Accessor(o)
		if err != nil {
			return nil, err
		}
		for _, row := range t.Rows {
			// The printer of the client reads metadata of the row.
			row.Object = runtime.RawExtension{Object: &metav1.PartialObjectMetadata{TypeMeta: metav1.TypeMeta{APIVersion: k.GroupVersion().String(), Kind: k.Kind}, ObjectMeta: metav1.ObjectMeta{Name: acc.GetName(), Namespace: acc.GetNamespace(), Labels: acc.GetLabels()}}}
			rows = append(rows, row)
		}
	}
	table := &metav1.Table{ColumnDefinitions: cols, Rows: rows}
	cl := []obj{}
	for _, c := range cols {
		cl = append(cl, obj{"name": c.Name, "type": c.Type, "format": c.Format, "priority": c.Priority})
	}
	rl := []obj{}
	for _, row := range rows {
		x := obj{"cells": row.Cells}
		if len(row.Conditions) > 0 {
			x["conditions"] = row.Conditions
		}
		rl = append(rl, x)
	}
	var text bytes.Buffer
	p := cliprinters.NewTablePrinter(cliprinters.PrintOptions{Wide: in.Wide, ShowLabels: in.Labels, ColumnLabels: in.Columns, WithKind: in.Kind, Kind: schema.GroupKind{Group: gvk.Group, Kind: gvk.Kind}, WithNamespace: in.Namespace, NoHeaders: in.NoHeaders})
	w := cliprinters.GetNewTabWriter(&text)
	if err := p.PrintObj(table, w); err != nil {
		return nil, err
	}
	w.Flush()
	return obj{"columns": cl, "rows": rl, "text": text.String()}, nil
}

func init() {
	register("printers.table", &fnDef{
		doc: "the server's Table (pkg/printers/internalversion, all columns) and the text of kubectl's table printer for it. @ago:N@ in an input time means N seconds before now", in: `{objects: [same kind], wide?, showLabels?, labelColumns?, showKind?, withNamespace?, noHeaders?}`, out: `{columns[{name,type,format,priority}], rows[{cells, conditions?}], text}`,
		run: typed(printTable), gen: func(r *rng) any {
			o := r.printable()
			l := list{o}
			for i := r.n(3); i > 0 && r.p(50); i-- {
				c := clone(o)
				if m, ok := c["metadata"].(obj); ok {
					m["name"] = r.name()
				}
				r.addStatusSafe(c)
				l = append(l, c)
			}
			in := obj{"objects": l}
			for _, k := range []string{"wide", "showLabels", "showKind", "withNamespace", "noHeaders"} {
				if r.p(20) {
					in[k] = true
				}
			}
			if r.p(15) {
				in["labelColumns"] = list{"app", "kubernetes.io/hostname"}
			}
			return in
		}, count: 1500,
	})
}

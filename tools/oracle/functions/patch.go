package main

import (
	"encoding/json"
	"fmt"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/mergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"strings"
)

type patchIn struct {
	// Type: json, merge, strategic.
	Type  string          `json:"type"`
	GVK   string          `json:"gvk,omitempty"`
	Doc   json.RawMessage `json:"doc"`
	Patch json.RawMessage `json:"patch"`
}

func parseGVK(s string) schema.GroupVersionKind {
	i := strings.LastIndex(s, "/")
	if i < 0 {
		return schema.GroupVersionKind{Version: "v1", Kind: s}
	}
	gv, _ := schema.ParseGroupVersion(s[:i])
	return gv.WithKind(s[i+1:])
}

func structOf(gvk string) (runtime.Object, error) {
	o, err := legacyscheme.Scheme.New(parseGVK(gvk))
	if err != nil {
		return nil, fmt.Errorf("oracle: %v", err)
	}
	return o, nil
}

func applyPatch(in patchIn) (any, error) {
	var b []byte
	var err error
	switch in.Type {
	case "json":
		var p jsonpatch.Patch
		if p, err = jsonpatch.DecodePatch(in.Patch); err != nil {
			return nil, fmt.Errorf("decode: %v", err)
		}
		b, err = p.Apply(in.Doc)
	case "merge":
		b, err = jsonpatch.MergePatch(in.Doc, in.Patch)
	case "strategic":
		var o runtime.Object
		if o, err = structOf(in.GVK); err != nil {
			return nil, err
		}
		b, err = strategicpatch.StrategicMergePatch(in.Doc, in.Patch, o)
	default:
		return nil, fmt.Errorf("oracle: unknown patch type %q", in.Type)
	}
	if err != nil {
		return nil, err
	}
	return obj{"doc": json.RawMessage(b)}, nil
}

type diffIn struct {
	// Type: merge, strategic.
	Type      string          `json:"type"`
	GVK       string          `json:"gvk,omitempty"`
	Original  json.RawMessage `json:"original"`
	Modified  json.RawMessage `json:"modified"`
	Current   json.RawMessage `json:"current,omitempty"`
	Overwrite bool            `json:"overwrite,omitempty"`
}

func twoWay(in diffIn) (any, error) {
	if in.Type == "merge" {
		b, err := jsonpatch.CreateMergePatch(in.Original, in.Modified)
		if err != nil {
			return nil, err
		}
		return obj{"patch": json.RawMessage(b)}, nil
	}
	o, err := structOf(in.GVK)
	if err != nil {
		return nil, err
	}
	b, err := strategicpatch.CreateTwoWayMergePatch(in.Original, in.Modified, o)
	if err != nil {
		return nil, err
	}
	out := obj{"patch": json.RawMessage(b)}
	if applied, err := strategicpatch.StrategicMergePatch(in.Original, b, o); err != nil {
		out["applyError"] = err.Error()
	} else {
		out["applied"] = json.RawMessage(applied)
	}
	return out, nil
}

func threeWay(in diffIn) (any, error) {
	var b []byte
	var err error
	out := obj{}
	if in.Type == "merge" {
		pre := []mergepatch.PreconditionFunc{mergepatch.RequireKeyUnchanged("apiVersion"), mergepatch.RequireKeyUnchanged("kind"), mergepatch.RequireMetadataKeyUnchanged("name")}
		if b, err = jsonmergepatch.CreateThreeWayJSONMergePatch(in.Original, in.Modified, in.Current, pre...); err != nil {
			return nil, err
		}
		if applied, err := jsonpatch.MergePatch(in.Current, b); err != nil {
			out["applyError"] = err.Error()
		} else {
			out["applied"] = json.RawMessage(applied)
		}
	} else {
		o, err := structOf(in.GVK)
		if err != nil {
			return nil, err
		}
		lookup, err := strategicpatch.NewPatchMetaFromStruct(o)
		if err != nil {
			return nil, err
		}
		if b, err = strategicpatch.CreateThreeWayMergePatch(in.Original, in.Modified, in.Current, lookup, in.Overwrite); err != nil {
			return nil, err
		}
		if applied, err := strategicpatch.StrategicMergePatch(in.Current, b, o); err != nil {
			out["applyError"] = err.Error()
		} else {
			out["applied"] = json.RawMessage(applied)
		}
	}
	out["patch"] = json.RawMessage(b)
	return out, nil
}

// ---- server-side apply ----

func init() {
	register("patch.apply", &fnDef{
		doc: "JSON patch and JSON merge patch (json-patch v4, as the API server uses) and strategic merge patch with the Go type", in: `{type: "json"|"merge"|"strategic", gvk?: "group/version/Kind", doc, patch}`, out: `{doc}`,
		run: typed(applyPatch), gen: func(r *rng) any {
			kind := pick(r, patchKinds...)
			doc := r.richer(kind)
			switch r.n(10) {
			case 0, 1:
				var d any = doc
				if r.p(60) {
					d = r.object(3)
				}
				return obj{"type": "json", "doc": d, "patch": r.jsonPatch(d)}
			case 2:
				return obj{"type": "merge", "doc": r.value(3), "patch": r.value(3)}
			case 3:
				p := clone(doc)
				for i := r.between(1, 4); i > 0; i-- {
					r.mutate(p)
				}
				return obj{"type": "merge", "doc": doc, "patch": r.partOf(p, r.between(2, 15))}
			}
			p := clone(doc)
			if r.p(40) {
				p = r.richer(kind)
			}
			for i := r.n(3); i > 0; i-- {
				r.mutate(p)
			}
			p = r.partOf(p, r.between(0, 12))
			shuffleLists(r, p)
			for i := r.n(3); i > 0; i-- {
				r.directive(p)
			}
			return obj{"type": "strategic", "gvk": kind, "doc": doc, "patch": p}
		}, count: 3000,
	})
	genDiff := func(r *rng, three bool) any {
		kind := pick(r, patchKinds...)
		a := r.richer(kind)
		b := clone(a)
		if r.p(25) {
			b = r.richer(kind)
		}
		for i := r.n(5); i > 0; i-- {
			r.mutate(b)
		}
		shuffleLists(r, b)
		in := obj{"type": pick(r, "strategic", "strategic", "strategic", "merge"), "gvk": kind, "original": a, "modified": b}
		if three {
			c := clone(a)
			for i := r.n(4); i > 0; i-- {
				r.mutate(c)
			}
			shuffleLists(r, c)
			in["current"] = c
			in["overwrite"] = r.p(70)
		}
		return in
	}
	register("patch.diff", &fnDef{
		doc: "CreateTwoWayMergePatch (strategic, and applied back) or json-patch CreateMergePatch", in: `{type: "strategic"|"merge", gvk, original, modified}`, out: `{patch, applied?|applyError?}`,
		run: typed(twoWay), gen: func(r *rng) any { return genDiff(r, false) }, count: 2000,
	})
	register("patch.threeWay", &fnDef{
		doc: "the three-way patch of kubectl apply: CreateThreeWayMergePatch with the Go type, or CreateThreeWayJSONMergePatch with kubectl's preconditions; applied to current", in: `{type, gvk, original (last applied), modified (wanted), current (live), overwrite}`, out: `{patch, applied?|applyError?}`,
		run: typed(threeWay), gen: func(r *rng) any { return genDiff(r, true) }, count: 2000,
	})
}

package main

import (
	"encoding/json"
	"fmt"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

type ssaIn struct {
	Op          string          `json:"op"`
	Live        json.RawMessage `json:"live,omitempty"`
	Object      json.RawMessage `json:"object"`
	Manager     string          `json:"manager"`
	Force       bool            `json:"force,omitempty"`
	Subresource string          `json:"subresource,omitempty"`
}

type ssaSeqIn struct {
	Steps []ssaIn `json:"steps"`
}

var typeConverter = applyconfigurations.NewTypeConverter(legacyscheme.Scheme)

func fieldManagerFor(gvk schema.GroupVersionKind, sub string) (*managedfields.FieldManager, error) {
	hub := schema.GroupVersion{Group: gvk.Group, Version: runtime.APIVersionInternal}
	reset := map[fieldpath.APIVersion]fieldpath.Filter{}
	for v, s := range resetFieldsOf(schema.GroupKind{Group: internalGroup(gvk.Group), Kind: gvk.Kind}, sub) {
		reset[v] = fieldpath.NewExcludeSetFilter(s)
	}
	return managedfields.NewDefaultFieldManager(typeConverter, legacyscheme.Scheme, legacyscheme.Scheme, legacyscheme.Scheme, gvk, hub, sub, reset)
}

func unstructuredFrom(raw json.RawMessage) (*unstructured.Unstructured, error) {
	v, err := decodeJSONNumber(raw)
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("oracle: want an object")
	}
	return &unstructured.Unstructured{Object: m}, nil
}

// ssaStep merges one apply or update into live, which may be nil, and gives
// the new live object.
func ssaStep(live runtime.Object, in ssaIn) (runtime.Object, schema.GroupVersionKind, error) {
	var tm typeMeta
	if err := json.Unmarshal(in.Object, &tm); err != nil {
		return nil, schema.GroupVersionKind{}, err
	}
	gv, err := schema.ParseGroupVersion(tm.APIVersion)
	if err != nil {
		return nil, schema.GroupVersionKind{}, err
	}
	gvk := gv.WithKind(tm.Kind)
	fm, err := fieldManagerFor(gvk, in.Subresource)
	if err != nil {
		return nil, gvk, fmt.Errorf("oracle: %v", err)
	}
	create := live == nil
	if create {
		if live, err = legacyscheme.Scheme.New(gvk); err != nil {
			return nil, gvk, fmt.Errorf("oracle: %v", err)
		}
		// The server starts from an empty object of the version asked for.
		live.GetObjectKind().SetGroupVersionKind(gvk)
	}
	switch in.Op {
	case "apply":
		u, err := unstructuredFrom(in.Object)
		if err != nil {
			return nil, gvk, err
		}
		o, err := fm.Apply(live, u, in.Manager, in.Force)
		if err != nil {
			return nil, gvk, err
		}
		// The stored object is defaulted.
		ext, err := legacyscheme.Scheme.ConvertToVersion(o, gv)
		if err != nil {
			return nil, gvk, err
		}
		legacyscheme.Scheme.Default(ext)
		o, err = toInternal(ext, gvk.Group)
		return o, gvk, err
	case "update", "create":
		o, _, _, err := decodeTyped(in.Object)
		if err != nil {
			return nil, gvk, err
		}
		n, err := toInternal(o, gvk.Group)
		if err != nil {
			return nil, gvk, err
		}
		n, err = fm.Update(live, n, in.Manager)
		return n, gvk, err
	}
	return nil, gvk, fmt.Errorf("oracle: unknown op %q", in.Op)
}

func ssaError(err error) any {
	if st, ok := err.(apierrors.APIStatus); ok && apierrors.IsConflict(err) {
		causes := []metav1.StatusCause{}
		if d := st.Status().Details; d != nil {
			causes = d.Causes
		}
		return obj{"conflict": err.Error(), "causes": causes}
	}
	return obj{"error": err.Error()}
}

func ssaMerge(in ssaSeqIn) (any, error) {
	var live runtime.Object
	results := []any{}
	for i, st := range in.Steps {
		if len(st.Live) > 0 {
			o, gvk, _, err := decodeTyped(st.Live)
			if err != nil {
				return nil, err
			}
			if live, err = toInternal(o, gvk.Group); err != nil {
				return nil, err
			}
		}
		var liveCopy runtime.Object
		if live != nil {
			liveCopy = live.DeepCopyObject()
		}
		next, gvk, err := ssaStep(liveCopy, st)
		if err != nil {
			results = append(results, ssaError(err))
			continue
		}
		live = next
		b, err := externalJSON(next, gvk.GroupVersion())
		if err != nil {
			return nil, err
		}
		res := obj{}
		if i == len(in.Steps)-1 {
			res["object"] = b
		} else {
			// only who owns what, to keep the answer short
			acc, err := meta.Accessor(next)
			if err != nil {
				return nil, err
			}
			mf, err := json.Marshal(acc.GetManagedFields())
			if err != nil {
				return nil, err
			}
			res["managedFields"] = json.RawMessage(hideNow(mf))
		}
		results = append(results, res)
	}
	return obj{"steps": results}, nil
}

func init() {
	register("ssa.merge", &fnDef{
		doc: "managedFields: FieldManager.Apply and Update (client-go's type parser, the strategies' reset fields); a sequence of writes, each on the result of the last; live replaces the start. Times taken from the clock read @now@", in: `{steps: [{op: "apply"|"update", object, manager, force?, subresource?, live?}]}`, out: `{steps: [{managedFields} | {conflict, causes} | {error}; the last has {object}]}`,
		run: typed(ssaMerge), gen: func(r *rng) any {
			kind := pick(r, patchKinds...)
			base := r.richer(kind)
			steps := list{}
			n := r.between(1, 4)
			for i := 0; i < n; i++ {
				o := clone(base)
				if r.p(30) {
					o = r.richer(kind)
					o["metadata"] = clone(base["metadata"])
				}
				if i > 0 || r.p(30) {
					for j := r.n(3); j > 0; j-- {
						r.mutate(o)
					}
				}
				st := obj{"op": pick(r, "apply", "apply", "apply", "update"), "manager": pick(r, "kubectl", "controller", "helm")}
				if st["op"] == "apply" {
					o = r.partOf(o, r.n(6))
					if r.p(30) {
						st["force"] = true
					}
				}
				if r.p(10) {
					if set, ok := strategies[groupKindOf(o)]; ok && set.subs["status"] != nil {
						st["subresource"] = "status"
					}
				}
				o["apiVersion"], o["kind"] = base["apiVersion"], base["kind"]
				st["object"] = o
				steps = append(steps, st)
			}
			return obj{"steps": steps}
		}, count: 1500,
	})
}

package main

import (
	"encoding/json"
	"fmt"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sort"
	"strings"
)

// fieldErrors turns an error list into plain data.
func fieldErrors(l field.ErrorList) []obj {
	out := []obj{}
	for _, e := range l {
		o := obj{"type": string(e.Type), "field": e.Field, "detail": e.Detail, "message": e.Error()}
		if b, err := json.Marshal(e.BadValue); err == nil {
			o["badValue"] = json.RawMessage(b)
		} else {
			o["badValue"] = fmt.Sprintf("%v", e.BadValue)
		}
		if e.Origin != "" {
			o["origin"] = e.Origin
		}
		out = append(out, o)
	}
	return out
}

func describeLabelSelector(sel labels.Selector, sets []map[string]string) obj {
	o := obj{"string": sel.String(), "empty": sel.Empty()}
	reqs, selectable := sel.Requirements()
	o["selectable"] = selectable
	rl := []obj{}
	for _, r := range reqs {
		vals := r.Values().List()
		if vals == nil {
			vals = []string{}
		}
		rl = append(rl, obj{"key": r.Key(), "operator": string(r.Operator()), "values": vals})
	}
	o["requirements"] = rl
	m := []bool{}
	for _, s := range sets {
		m = append(m, sel.Matches(labels.Set(s)))
	}
	o["matches"] = m
	return o
}

type labelsParseIn struct {
	Selector string              `json:"selector"`
	Sets     []map[string]string `json:"sets,omitempty"`
}

func labelsParse(in labelsParseIn) (any, error) {
	sel, err := labels.Parse(in.Selector)
	if err != nil {
		return nil, err
	}
	return describeLabelSelector(sel, in.Sets), nil
}

type labelSelectorIn struct {
	Selector *metav1.LabelSelector `json:"selector"`
	Sets     []map[string]string   `json:"sets,omitempty"`
	// AllowInvalid is AllowInvalidLabelValueInSelector.
	AllowInvalid bool `json:"allowInvalid,omitempty"`
}

func labelSelector(in labelSelectorIn) (any, error) {
	o := obj{"formatted": metav1.FormatLabelSelector(in.Selector)}
	sel, err := metav1.LabelSelectorAsSelector(in.Selector)
	if err != nil {
		o["error"] = err.Error()
	} else {
		o["selector"] = describeLabelSelector(sel, in.Sets)
	}
	if m, err := metav1.LabelSelectorAsMap(in.Selector); err != nil {
		o["mapError"] = err.Error()
	} else {
		o["map"] = m
	}
	errs := metavalidation.ValidateLabelSelector(in.Selector, metavalidation.LabelSelectorValidationOptions{AllowInvalidLabelValueInSelector: in.AllowInvalid}, field.NewPath("spec", "selector"))
	sortErrsIfMap(errs)
	o["validation"] = fieldErrors(errs)
	return o, nil
}

// sortErrsIfMap gives errors of map entries a fixed order: Go walks maps in
// random order, so the oracle sorts by message.
func sortErrsIfMap(l field.ErrorList) {
	sort.SliceStable(l, func(i, j int) bool { return l[i].Error() < l[j].Error() })
}

type parseToLabelSelectorIn struct {
	Selector string `json:"selector"`
}

type fieldsParseIn struct {
	Selector string              `json:"selector"`
	Sets     []map[string]string `json:"sets,omitempty"`
}

func fieldsParse(in fieldsParseIn) (any, error) {
	sel, err := fields.ParseSelector(in.Selector)
	if err != nil {
		return nil, err
	}
	o := obj{"string": sel.String(), "empty": sel.Empty()}
	rl := []obj{}
	for _, r := range sel.Requirements() {
		rl = append(rl, obj{"field": r.Field, "operator": string(r.Operator), "value": r.Value})
	}
	o["requirements"] = rl
	m := []bool{}
	for _, s := range in.Sets {
		m = append(m, sel.Matches(fields.Set(s)))
	}
	o["matches"] = m
	return o, nil
}

func (r *rng) selectorText() string {
	term := func() string {
		k := pick(r, labelKeys...)
		v := pick(r, labelVals...)
		sp := func() string { return pick(r, "", "", "", " ", "  ", "\t") }
		switch r.n(12) {
		case 0:
			return k
		case 1:
			return "!" + sp() + k
		case 2:
			return k + sp() + "=" + sp() + v
		case 3:
			return k + sp() + "==" + sp() + v
		case 4:
			return k + sp() + "!=" + sp() + v
		case 5, 6:
			var vs []string
			for i := r.n(4); i > 0; i-- {
				vs = append(vs, sp()+pick(r, labelVals...)+sp())
			}
			return k + " " + pick(r, "in", "in", "notin", "In", "NOTIN") + sp() + "(" + strings.Join(vs, ",") + ")"
		case 7:
			return k + sp() + pick(r, ">", "<", "gt", "lt", ">=", "<=") + sp() + v
		case 8:
			return pick(r, "in", "notin", "in in (in)", "notin notin (notin)", "in=notin", "x in (a", "x in a)", "x in", "x in ()", "x in (,)", "x in (a,,b)", "x notin (a b)", "=a", "!=a", "!", "!!a", "a=b=c", "a b", "a,,b", ",", ",a", "a,", "(a)", "a in (b),", "a==", "a=", "a!=", "a>", "a<", "a>b", "a > 5", "a<0x1", "a=\"b\"", "a='b'", "a in (in,notin)", "!a=b", "a!b", "a=!b", "a=b!", "~a", "a=~b", "*", "a=*", "/a", "a/", "a/b/c", "A/b", "-a", "a-=b", "é=b", "a=é")
		case 9:
			return r.nasty()
		default:
			return k + "=" + v
		}
	}
	n := pick(r, 1, 1, 1, 2, 2, 3, 0)
	var l []string
	for i := 0; i < n; i++ {
		l = append(l, term())
	}
	return strings.Join(l, pick(r, ",", ",", ", ", " ,", ",,"))
}

func (r *rng) selectorObject() obj {
	o := obj{}
	if r.p(60) {
		o["matchLabels"] = r.labels(3)
		if r.p(10) {
			o["matchLabels"] = obj{pick(r, "a/b/c", "-x", "", "x", "é", strings.Repeat("a", 64)): pick(r, "-bad", "ok", strings.Repeat("v", 64), "a b")}
		}
	}
	if r.p(70) {
		l := list{}
		for i := r.between(0, 3); i > 0; i-- {
			e := obj{"key": pick(r, labelKeys...), "operator": pick(r, "In", "NotIn", "Exists", "DoesNotExist", "In", "NotIn", "Gt", "in", "")}
			if r.p(75) {
				vals := list{}
				for j := r.n(4); j > 0; j-- {
					vals = append(vals, pick(r, append(labelVals, "-bad", "a b", strings.Repeat("v", 64))...))
				}
				e["values"] = vals
			}
			if r.p(5) {
				e["key"] = pick(r, "", "a/b/c", "-x")
			}
			l = append(l, e)
		}
		o["matchExpressions"] = l
	}
	return o
}

func init() {
	register("labels.parse", &fnDef{
		doc: "labels.Parse: canonical string, requirements in order, matches of label sets", in: `{selector, sets?: [labels]}`, out: `{string, empty, selectable, requirements[{key,operator,values(sorted)}], matches[bool]}`,
		run: typed(labelsParse), gen: func(r *rng) any {
			return obj{"selector": r.selectorText(), "sets": list{r.labels(4), r.labels(4), r.labels(2)}}
		}, count: 4000,
	})
	register("labelSelector", &fnDef{
		doc: "metav1.LabelSelectorAsSelector, FormatLabelSelector, LabelSelectorAsMap and ValidateLabelSelector (path spec.selector; validation errors sorted by message)", in: `{selector: LabelSelector|null, sets?, allowInvalid?}`, out: `{formatted, selector?|error?, map?|mapError?, validation[]}`,
		run: typed(labelSelector), gen: func(r *rng) any {
			in := obj{"selector": r.selectorObject(), "sets": list{r.labels(4), r.labels(4)}}
			if r.p(3) {
				in["selector"] = nil
			}
			if r.p(15) {
				in["allowInvalid"] = true
			}
			return in
		}, count: 2500,
	})
	register("labelSelector.parse", &fnDef{
		doc: "metav1.ParseToLabelSelector", in: `{selector}`, out: `LabelSelector (matchExpressions and their values sorted)`,
		run: typed(func(in parseToLabelSelectorIn) (any, error) {
			ls, err := metav1.ParseToLabelSelector(in.Selector)
			if err != nil {
				return nil, err
			}
			for i := range ls.MatchExpressions {
				sort.Strings(ls.MatchExpressions[i].Values)
			}
			return ls, nil
		}), gen: func(r *rng) any { return obj{"selector": r.selectorText()} }, count: 1000,
	})
	register("fields.parse", &fnDef{
		doc: "fields.ParseSelector", in: `{selector, sets?}`, out: `{string, empty, requirements[{field,operator,value}], matches[]}`,
		run: typed(fieldsParse), gen: func(r *rng) any {
			fk := []string{"metadata.name", "metadata.namespace", "status.phase", "spec.nodeName", "a"}
			fv := []string{"", "a", "web", "a\\,b", "a\\=b", "a\\\\b", "a\\", "a\\x", "a,b", "a=b", "Running", " x ", "a!b"}
			var l []string
			for i := pick(r, 0, 1, 1, 2, 3); i > 0; i-- {
				l = append(l, pick(r, fk...)+pick(r, "=", "==", "!=", "=", "")+pick(r, fv...))
			}
			s := strings.Join(l, pick(r, ",", ",", ",,", ", "))
			if r.p(8) {
				s = r.nasty()
			}
			set := func() obj { return obj{pick(r, fk...): pick(r, "", "a", "a,b", "a=b", "a\\b", "Running", "web")} }
			return obj{"selector": s, "sets": list{set(), set()}}
		}, count: 2000,
	})
	register("fields.escape", &fnDef{
		doc: "fields.EscapeValue and UnescapeValue", in: `{value}`, out: `{escaped, unescaped?|unescapeError?}`,
		run: typed(func(in struct{ Value string }) (any, error) {
			o := obj{"escaped": fields.EscapeValue(in.Value)}
			u, err := fields.UnescapeValue(in.Value)
			if err != nil {
				o["unescapeError"] = err.Error()
			} else {
				o["unescaped"] = u
			}
			return o, nil
		}), gen: func(r *rng) any {
			return obj{"value": strings.Join(some(r, 4, func() string { return pick(r, "a", "\\", ",", "=", "\\,", "\\\\", "\\=", "b", "é") }), "")}
		}, count: 500,
	})
}

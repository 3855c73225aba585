package main

import (
	v1 "k8s.io/api/core/v1"
	corev1helpers "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/util/taints"
)

type tolerationIn struct {
	Tolerations []v1.Toleration `json:"tolerations"`
	Taints      []v1.Taint      `json:"taints"`
	// Comparison enables Lt and Gt (TaintTolerationComparisonOperators).
	Comparison bool `json:"comparison,omitempty"`
}

func tolerates(in tolerationIn) (any, error) {
	log := klog.Background()
	each := [][]bool{}
	for i := range in.Tolerations {
		row := []bool{}
		for j := range in.Taints {
			row = append(row, in.Tolerations[i].ToleratesTaint(log, &in.Taints[j], in.Comparison))
		}
		each = append(each, row)
	}
	o := obj{"each": each}
	all := []bool{}
	for j := range in.Taints {
		all = append(all, corev1helpers.TolerationsTolerateTaint(log, in.Tolerations, &in.Taints[j], in.Comparison))
	}
	o["tolerated"] = all
	noSchedule := func(t *v1.Taint) bool {
		return t.Effect == v1.TaintEffectNoSchedule || t.Effect == v1.TaintEffectNoExecute
	}
	t, found := corev1helpers.FindMatchingUntoleratedTaint(log, in.Taints, in.Tolerations, noSchedule, in.Comparison)
	o["untolerated"] = obj{"found": found, "taint": t}
	mt := [][]bool{}
	for i := range in.Tolerations {
		row := []bool{}
		for j := range in.Tolerations {
			row = append(row, in.Tolerations[i].MatchToleration(&in.Tolerations[j]))
		}
		mt = append(mt, row)
	}
	o["matchToleration"] = mt
	return o, nil
}

type taintsIn struct {
	Specs []string   `json:"specs,omitempty"`
	Old   []v1.Taint `json:"old,omitempty"`
	New   []v1.Taint `json:"new,omitempty"`
}

func taintHelpers(in taintsIn) (any, error) {
	o := obj{}
	if in.Specs != nil {
		add, del, err := taints.ParseTaints(in.Specs)
		if err != nil {
			o["parseError"] = err.Error()
		} else {
			o["add"] = add
			o["remove"] = del
		}
	}
	if in.Old != nil || in.New != nil {
		add, remove := taints.TaintSetDiff(in.New, in.Old)
		o["diffAdd"] = add
		o["diffRemove"] = remove
		o["already"] = taints.CheckIfTaintsAlreadyExists(in.Old, in.New)
		node := &v1.Node{Spec: v1.NodeSpec{Taints: in.Old}}
		steps := []obj{}
		for i := range in.New {
			n, changed, _ := taints.AddOrUpdateTaint(node, &in.New[i])
			rest, deleted := taints.DeleteTaint(in.Old, &in.New[i])
			byKey, deletedKey := taints.DeleteTaintsByKey(in.Old, in.New[i].Key)
			s := obj{"changed": changed, "taints": n.Spec.Taints, "deleted": deleted, "afterDelete": rest, "deletedByKey": deletedKey, "afterDeleteByKey": byKey, "exists": taints.TaintExists(in.Old, &in.New[i]), "string": in.New[i].ToString()}
			if err := taints.CheckTaintValidation(in.New[i]); err != nil {
				s["validation"] = err.Error()
			}
			steps = append(steps, s)
		}
		o["each"] = steps
	}
	return o, nil
}

type nodeAffinityIn struct {
	Pod       *v1.Pod                      `json:"pod,omitempty"`
	Selector  *v1.NodeSelector             `json:"selector,omitempty"`
	Preferred []v1.PreferredSchedulingTerm `json:"preferred,omitempty"`
	Node      *v1.Node                     `json:"node"`
}

func nodeAffinity(in nodeAffinityIn) (any, error) {
	o := obj{}
	put := func(name string, m bool, err error) {
		x := obj{"match": m}
		if err != nil {
			x["error"] = err.Error()
		}
		o[name] = x
	}
	if in.Pod != nil {
		m, err := nodeaffinity.GetRequiredNodeAffinity(in.Pod).Match(in.Node)
		put("required", m, err)
	}
	if in.Selector != nil {
		m, err := nodeaffinity.NewLazyErrorNodeSelector(in.Selector).Match(in.Node)
		put("lazy", m, err)
		ns, err := nodeaffinity.NewNodeSelector(in.Selector)
		if err != nil {
			put("strict", false, err)
		} else {
			put("strict", ns.Match(in.Node), nil)
		}
	}
	if in.Preferred != nil {
		p, err := nodeaffinity.NewPreferredSchedulingTerms(in.Preferred)
		if err != nil {
			o["preferred"] = obj{"error": err.Error()}
		} else {
			o["preferred"] = obj{"score": p.Score(in.Node)}
		}
	}
	return o, nil
}

var nodeSelOps = []string{"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "In", "In", "Gt", "Bogus", ""}

func (r *rng) nodeSelReq(fieldReq bool) obj {
	e := obj{"key": pick(r, labelKeys...), "operator": pick(r, nodeSelOps...)}
	if fieldReq {
		e["key"] = pick(r, "metadata.name", "metadata.name", "metadata.name", "metadata.namespace", "x")
		e["operator"] = pick(r, "In", "NotIn", "In", "Exists", "Gt")
	}
	n := pick(r, 0, 1, 1, 1, 2, 3)
	vals := list{}
	for i := 0; i < n; i++ {
		if fieldReq {
			vals = append(vals, pick(r, "node-1", "node-2", "", "x"))
		} else {
			vals = append(vals, pick(r, append(labelVals, "0x10", "1e3", "+5", "-bad-", "a b")...))
		}
	}
	if len(vals) > 0 || r.p(50) {
		e["values"] = vals
	}
	return e
}

func (r *rng) nodeSelTerm() obj {
	t := obj{}
	if r.p(80) {
		l := list{}
		for i := r.between(0, 2); i > 0; i-- {
			l = append(l, r.nodeSelReq(false))
		}
		t["matchExpressions"] = l
	}
	if r.p(25) {
		l := list{}
		for i := r.between(0, 2); i > 0; i-- {
			l = append(l, r.nodeSelReq(true))
		}
		t["matchFields"] = l
	}
	return t
}

func (r *rng) nodeSelector() obj {
	l := list{}
	for i := pick(r, 0, 1, 1, 2, 3); i > 0; i-- {
		l = append(l, r.nodeSelTerm())
	}
	return obj{"nodeSelectorTerms": l}
}

func (r *rng) taint() obj {
	t := obj{"key": pick(r, "k", "gpu", "node.kubernetes.io/not-ready", "sla", "cpu"), "effect": pick(r, "NoSchedule", "PreferNoSchedule", "NoExecute", "NoSchedule", "")}
	if r.p(80) {
		t["value"] = pick(r, "", "a", "b", "10", "5", "-5", "007", "+5", "0", "-0", "1.5", "9223372036854775807", "9223372036854775808", "99999999999999999999", " 5", "0x10")
	}
	return t
}

func (r *rng) toleration() obj {
	t := obj{}
	if r.p(85) {
		t["key"] = pick(r, "k", "gpu", "node.kubernetes.io/not-ready", "sla", "cpu")
	}
	if r.p(80) {
		t["operator"] = pick(r, "Equal", "Exists", "Lt", "Gt", "Lt", "Gt", "", "exists", "Bogus")
	}
	if r.p(80) {
		t["value"] = pick(r, "", "a", "b", "10", "5", "-5", "007", "+5", "0", "-0", "1.5", "9223372036854775807", "9223372036854775808", "abc", " 5")
	}
	if r.p(60) {
		t["effect"] = pick(r, "NoSchedule", "PreferNoSchedule", "NoExecute")
	}
	if r.p(15) {
		t["tolerationSeconds"] = pick(r, 0, 30, -1)
	}
	return t
}

func init() {
	register("toleration.tolerates", &fnDef{
		doc: "Toleration.ToleratesTaint (Lt and Gt when comparison is true), TolerationsTolerateTaint, FindMatchingUntoleratedTaint (NoSchedule and NoExecute), MatchToleration", in: `{tolerations[], taints[], comparison?}`, out: `{each[toleration][taint], tolerated[taint], untolerated{found,taint}, matchToleration[][]}`,
		run: typed(tolerates), gen: func(r *rng) any {
			ts, ta := list{}, list{}
			for i := r.between(1, 3); i > 0; i-- {
				ts = append(ts, r.toleration())
			}
			for i := r.between(1, 3); i > 0; i-- {
				ta = append(ta, r.taint())
			}
			return obj{"tolerations": ts, "taints": ta, "comparison": r.p(75)}
		}, count: 3000,
	})
	register("taints.helpers", &fnDef{
		doc: "pkg/util/taints: ParseTaints, TaintSetDiff, AddOrUpdateTaint, DeleteTaint, DeleteTaintsByKey, CheckTaintValidation", in: `{specs?: ["k=v:Effect", "k:Effect-", "k-"], old?: taints, new?: taints}`, out: `{add, remove | parseError; diffAdd, diffRemove, already, each[]}`,
		run: typed(taintHelpers), gen: func(r *rng) any {
			in := obj{}
			if r.p(60) {
				l := list{}
				for i := r.between(1, 3); i > 0; i-- {
					l = append(l, pick(r, "k=v:NoSchedule", "k:NoSchedule", "k=v", "k-", "k:NoSchedule-", "k=v:NoSchedule-", "k=v:Bogus", ":NoSchedule", "=v:NoSchedule", "k=v:", "k:", "-", "", "k=v=w:NoExecute", "a/b/c:NoSchedule", "k=-bad:NoSchedule", "k:NoExecute:x", "example.com/k=v:PreferNoSchedule", "k:PreferNoSchedule", "gpu:NoExecute-", "gpu", "k:Bogus-", "é:NoSchedule", "k=:NoSchedule"))
				}
				in["specs"] = l
			}
			if r.p(70) {
				tl := func() list {
					l := list{}
					for i := r.n(4); i > 0; i-- {
						l = append(l, r.taint())
					}
					return l
				}
				in["old"], in["new"] = tl(), tl()
			}
			return in
		}, count: 2000,
	})
	register("nodeAffinity.match", &fnDef{
		doc: "component-helpers nodeaffinity: GetRequiredNodeAffinity(pod), NodeSelector (strict and lazy errors), PreferredSchedulingTerms.Score", in: `{node, pod?, selector?, preferred?}`, out: `{required?{match,error?}, lazy?, strict?, preferred?{score}|{error}}`,
		run: typed(nodeAffinity), gen: func(r *rng) any {
			node := obj{"metadata": obj{"name": pick(r, "node-1", "node-2", "node-3"), "labels": r.labels(5)}}
			in := obj{"node": node}
			if r.p(60) {
				in["selector"] = r.nodeSelector()
			}
			if r.p(50) {
				spec := obj{}
				if r.p(50) {
					spec["nodeSelector"] = r.labels(2)
				}
				if r.p(80) {
					na := obj{}
					if r.p(85) {
						na["requiredDuringSchedulingIgnoredDuringExecution"] = r.nodeSelector()
					}
					spec["affinity"] = obj{"nodeAffinity": na}
				}
				in["pod"] = obj{"spec": spec}
			}
			if r.p(40) {
				l := list{}
				for i := r.between(0, 3); i > 0; i-- {
					l = append(l, obj{"weight": pick(r, 0, 1, 5, 100, -3), "preference": r.nodeSelTerm()})
				}
				in["preferred"] = l
			}
			return in
		}, count: 3000,
	})
}

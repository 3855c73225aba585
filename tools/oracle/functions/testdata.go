package main

import (
	_ "embed"
	"encoding/json"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

//go:embed data/base.yaml
var baseYAML []byte

var (
	baseObjects []obj
	byKind      = map[string][]obj{}
)

func init() {
	for _, d := range strings.Split(string(baseYAML), "\n---\n") {
		var o obj
		if err := yaml.Unmarshal([]byte(d), &o); err != nil {
			panic(err)
		}
		if o != nil {
			baseObjects = append(baseObjects, o)
			k := o["apiVersion"].(string) + "/" + o["kind"].(string)
			byKind[k] = append(byKind[k], o)
		}
	}
}

func clone[T any](v T) T {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var c T
	if err := json.Unmarshal(b, &c); err != nil {
		panic(err)
	}
	return c
}

func keysOf(m obj) []string {
	l := make([]string, 0, len(m))
	for k := range m {
		l = append(l, k)
	}
	sort.Strings(l)
	return l
}

// slot is a place in a JSON tree that can be read, set and removed.
type slot struct {
	m   obj
	key string
	l   list
	i   int
	set func(v any)
	del func()
	pth string
}

func (s slot) get() any {
	if s.m != nil {
		return s.m[s.key]
	}
	return s.l[s.i]
}

func slots(v any, path string, put func(any), acc *[]slot) {
	switch t := v.(type) {
	case obj:
		for _, k := range keysOf(t) {
			if path == "" && (k == "apiVersion" || k == "kind") {
				continue
			}
			k := k
			*acc = append(*acc, slot{m: t, key: k, set: func(n any) { t[k] = n }, del: func() { delete(t, k) }, pth: path + "." + k})
			slots(t[k], path+"."+k, func(n any) { t[k] = n }, acc)
		}
	case list:
		for i := range t {
			i := i
			*acc = append(*acc, slot{l: t, i: i, set: func(n any) { t[i] = n }, del: func() { put(append(append(list{}, t[:i]...), t[i+1:]...)) }, pth: path + "[]"})
			slots(t[i], path+"[]", func(n any) { t[i] = n }, acc)
		}
	}
}

func allSlots(o obj) []slot {
	var acc []slot
	slots(o, "", nil, &acc)
	return acc
}

var nameLike = []string{"", "a", "web", "Web", "a_b", "a.b", "-a", "default", "x/y", "example.com/x", strings.Repeat("a", 64), strings.Repeat("a", 254), "kubernetes.io/x", "a b", "é"}

func (r *rng) scalarLike(path string, old any) any {
	last := path[strings.LastIndex(path, ".")+1:]
	switch old.(type) {
	case bool:
		return r.p(50)
	case float64, int, int64:
		return pick[any](r, 0, 1, -1, 2, 3, 5, 10, 100, 101, 65535, 65536, 2147483647, 30000, 600, 599, old)
	}
	switch {
	case strings.Contains(strings.ToLower(last), "policy") || last == "type" || last == "effect" || last == "operator" || last == "action" || strings.HasSuffix(last, "Mode"):
		return pick(r, "Always", "Never", "OnFailure", "Local", "Cluster", "Delete", "Retain", "RollingUpdate", "Recreate", "OnDelete", "Exists", "In", "NotIn", "Equal", "Gt", "Lt", "NoExecute", "NoSchedule", "ClusterIP", "NodePort", "Indexed", "NonIndexed", "Percent", "Pods", "Ignore", "FailJob", "Count", "Restart", "RestartAllContainers", "bogus", "", "IfNotPresent", "None", "Terminating", "PreferNoSchedule", "ResizeIfNeeded", "NotRequired", "RestartContainer")
	case strings.Contains(strings.ToLower(last), "ip") || strings.Contains(last, "address") || strings.Contains(strings.ToLower(last), "cidr"):
		return pick(r, "10.0.0.1", "10.0.0.0/24", "::1", "fd00::/64", "010.0.0.1", "None", "x", "", "127.0.0.1", "169.254.1.1", "1.2.3.4/24")
	case strings.Contains(path, ".resources") || strings.Contains(path, "capacity") || strings.Contains(path, "hard") || strings.Contains(path, "podFixed"):
		return pick(r, "1", "100m", "1Gi", "-1", "0", "1.5", "0.1m", "2", "64Mi", "x", "1e3")
	case last == "path" || last == "mountPath" || last == "subPath":
		return pick(r, "/", "/a", "a", "../x", "/a/../b", "", "/a:b")
	}
	if r.p(70) {
		return pick(r, nameLike...)
	}
	return r.nasty()
}

// at finds the value in the filled object of the kind at the same path.
func at(v any, path string) any {
	if path == "" {
		return v
	}
	if strings.HasPrefix(path, "[]") {
		if l, ok := v.(list); ok && len(l) > 0 {
			return at(l[0], path[2:])
		}
		return nil
	}
	rest := path[1:]
	end := strings.IndexAny(rest, ".[")
	// map keys may hold dots: try the longest key first
	m, ok := v.(obj)
	if !ok {
		return nil
	}
	if end < 0 {
		return m[rest]
	}
	return at(m[rest[:end]], rest[end:])
}

func (r *rng) mutate(o obj) {
	sl := allSlots(o)
	if len(sl) == 0 {
		return
	}
	s := sl[r.n(len(sl))]
	v := s.get()
	switch r.n(10) {
	case 0, 1:
		s.del()
	case 2, 3, 4:
		switch v.(type) {
		case obj, list:
			// graft something of the filled object of this kind
			full, ok := filledOf(o)
			if !ok {
				return
			}
			src := at(full, s.pth)
			if l, isList := src.(list); isList && len(l) > 0 {
				dst, _ := v.(list)
				s.set(append(dst, clone(l[0])))
				return
			}
			if m, isMap := src.(obj); isMap {
				dst, isDst := v.(obj)
				if !isDst || len(m) == 0 {
					return
				}
				ks := keysOf(m)
				for i := 0; i < 2; i++ {
					k := ks[r.n(len(ks))]
					if _, has := dst[k]; !has {
						dst[k] = clone[any](m[k])
					}
				}
			}
		default:
			s.set(r.scalarLike(s.pth, v))
		}
	case 5, 6:
		switch t := v.(type) {
		case list:
			if len(t) > 0 {
				s.set(append(append(list{}, t...), clone(t[r.n(len(t))])))
			}
		case obj:
			if r.p(30) {
				s.set(obj{})
			}
		default:
			s.set(r.scalarLike(s.pth, v))
		}
	case 7:
		switch v.(type) {
		case list:
			s.set(list{})
		case obj:
			sample, _ := filledOf(o)
			full := at(sample, s.pth)
			if m, ok := full.(obj); ok && len(m) > 0 {
				ks := keysOf(m)
				k := ks[r.n(len(ks))]
				if r.p(50) {
					s.set(obj{k: clone[any](m[k])})
				} else {
					v.(obj)[k] = clone[any](m[k])
				}
			}
		default:
			s.set(r.scalarLike(s.pth, v))
		}
	case 8:
		if _, isObj := v.(obj); isObj && r.p(15) {
			v.(obj)[pick(r, "unknownField", "extra")] = 1
			return
		}
		if r.p(6) {
			s.set(pick[any](r, nil, "str", 1, true, list{}, obj{}))
			return
		}
		s.set(r.likeValue(s.pth, v))
	default:
		s.set(r.likeValue(s.pth, v))
	}
}

func (r *rng) likeValue(path string, v any) any {
	switch v.(type) {
	case obj, list:
		return v
	}
	return r.scalarLike(path, v)
}

// mutatedObject is a hand-made object of some kind, changed n times.
func (r *rng) mutatedObject(n int) obj {
	var o obj
	if r.p(5) {
		o = clone(r.filledObject())
		if _, ok := o["kind"].(string); !ok {
			o = clone(baseObjects[0])
		}
		// keep a random part of the filled object
		for i := r.between(3, 25); i > 0; i-- {
			sl := allSlots(o)
			if len(sl) > 0 {
				sl[r.n(len(sl))].del()
			}
		}
	} else {
		o = r.baseObject()
	}
	for i := 0; i < n; i++ {
		r.mutate(o)
	}
	return o
}

func (r *rng) baseObject() obj {
	// pods and workloads come more often
	if r.p(35) {
		return clone(baseObjects[r.n(2)])
	}
	return clone(baseObjects[r.n(len(baseObjects))])
}

func (r *rng) baseOf(kinds ...string) obj {
	l := byKind[pick(r, kinds...)]
	return clone(l[r.n(len(l))])
}

func (r *rng) testObject() obj {
	if r.p(50) {
		return r.mutatedObject(r.n(3))
	}
	return obj{"apiVersion": "v1", "kind": "ConfigMap", "metadata": obj{"name": r.name(), "labels": r.labels(3), "annotations": obj{r.key(): r.nasty()}}, "data": obj{r.key(): r.nasty(), r.key(): r.nasty()}}
}

var featureSets = []map[string]bool{
	{"GangScheduling": true, "GenericWorkload": true},
	{"TaintTolerationComparisonOperators": true},
	{"InPlacePodLevelResourcesVerticalScaling": true, "NodeDeclaredFeatures": true},
	{"PodLevelResources": false},
	{"HPAConfigurableTolerance": false},
	{"ContainerRestartRules": false},
	{"RestartAllContainersOnContainerExits": true, "NodeDeclaredFeatures": true},
	{"StrictIPCIDRValidation": true},
	{"MutableSchedulingDirectivesForSuspendedJobs": true},
	{"MutablePodResourcesForSuspendedJobs": true},
	{"DRAExtendedResource": true},
	{"DRADeviceTaints": true, "DRADeviceTaintRules": true},
	{"DeploymentReplicaSetTerminatingReplicas": true},
	{"MaxUnavailableStatefulSet": true},
	{"DeclarativeValidationTakeover": true},
	{"UserNamespacesSupport": false, "ProcMountType": false},
	{"ImageVolume": true},
	{"EnvFiles": true},
	{"HostnameOverride": false},
}

func genValidate(r *rng) any {
	in := obj{}
	o := r.mutatedObject(pick(r, 0, 1, 1, 2, 3))
	in["object"] = o
	gk := o["apiVersion"].(string) + "/" + o["kind"].(string)
	if r.p(35) && !strings.HasPrefix(gk, "/") {
		old := r.baseOf(gk2(gk)...)
		if r.p(70) {
			o = clone(old)
			for i := r.n(4); i > 0; i-- {
				r.mutate(o)
			}
			in["object"] = o
		}
		if m, ok := old["metadata"].(obj); ok {
			m["resourceVersion"] = "5"
			m["uid"] = "11111111-2222-3333-4444-555555555555"
			m["generation"] = 3
			m["creationTimestamp"] = "2026-01-01T00:00:00Z"
		}
		if m, ok := o["metadata"].(obj); ok && r.p(90) {
			m["resourceVersion"] = "5"
		}
		in["old"] = old
		if set, ok := strategies[groupKindOf(o)]; ok && len(set.subs) > 0 && r.p(30) {
			var subs []string
			for k := range set.subs {
				subs = append(subs, k)
			}
			sort.Strings(subs)
			in["subresource"] = subs[r.n(len(subs))]
		}
	}
	if _, ok := strategies[groupKindOf(o)]; !ok {
		in["object"] = clone(baseObjects[r.n(len(baseObjects))])
		delete(in, "old")
		delete(in, "subresource")
	}
	g := genReq{in: in}
	if r.p(20) {
		g.features = featureSets[r.n(len(featureSets))]
	}
	return g
}

// gk2 lists the base kinds to take an old object from.
func gk2(k string) []string {
	if _, ok := byKind[k]; ok {
		return []string{k}
	}
	return []string{"v1/ConfigMap"}
}

func genConvert(r *rng) any {
	type pair struct{ from, to string }
	p := pick(r,
		pair{"autoscaling/v2/HorizontalPodAutoscaler", "autoscaling/v1"}, pair{"autoscaling/v2/HorizontalPodAutoscaler", "autoscaling/v2"},
		pair{"apps/v1/Deployment", "apps/v1beta1"}, pair{"apps/v1/Deployment", "apps/v1beta2"}, pair{"apps/v1/Deployment", "extensions/v1beta1"}, pair{"apps/v1/StatefulSet", "apps/v1beta1"}, pair{"apps/v1/DaemonSet", "apps/v1beta2"},
		pair{"networking.k8s.io/v1/Ingress", "networking.k8s.io/v1beta1"}, pair{"discovery.k8s.io/v1/EndpointSlice", "discovery.k8s.io/v1beta1"},
		pair{"resource.k8s.io/v1/ResourceClaim", "resource.k8s.io/v1beta1"}, pair{"resource.k8s.io/v1/ResourceClaim", "resource.k8s.io/v1beta2"}, pair{"resource.k8s.io/v1/ResourceSlice", "resource.k8s.io/v1beta1"}, pair{"resource.k8s.io/v1/DeviceClass", "resource.k8s.io/v1beta1"},
		pair{"flowcontrol.apiserver.k8s.io/v1/FlowSchema", "flowcontrol.apiserver.k8s.io/v1beta3"}, pair{"flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1beta3"},
		pair{"v1/Event", "events.k8s.io/v1"}, pair{"events.k8s.io/v1/Event", "v1"}, pair{"policy/v1/PodDisruptionBudget", "policy/v1beta1"}, pair{"node.k8s.io/v1/RuntimeClass", "node.k8s.io/v1alpha1"}, pair{"batch/v1/CronJob", "batch/v1beta1"},
		pair{"admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1beta1"})
	o := r.baseOf(p.from)
	for i := r.n(4); i > 0; i-- {
		r.mutate(o)
	}
	return obj{"object": o, "to": p.to}
}

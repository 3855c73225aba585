package main

import (
	"strings"
)

var patchKinds = []string{"v1/Pod", "v1/Pod", "v1/Service", "v1/ConfigMap", "apps/v1/Deployment", "apps/v1/Deployment", "apps/v1/StatefulSet", "batch/v1/Job", "v1/Node", "v1/ServiceAccount", "networking.k8s.io/v1/Ingress", "autoscaling/v2/HorizontalPodAutoscaler", "rbac.authorization.k8s.io/v1/RoleBinding", "discovery.k8s.io/v1/EndpointSlice", "v1/Secret", "resource.k8s.io/v1/ResourceClaim", "v1/PersistentVolumeClaim", "networking.k8s.io/v1/NetworkPolicy", "batch/v1/CronJob"}

// richer makes an object with more list items, so that merges have work.
func (r *rng) richer(kind string) obj {
	o := r.baseOf(kind)
	var spec obj
	switch kind {
	case "v1/Pod":
		spec, _ = o["spec"].(obj)
	case "apps/v1/Deployment", "apps/v1/StatefulSet", "batch/v1/Job":
		s, _ := o["spec"].(obj)
		t, _ := s["template"].(obj)
		spec, _ = t["spec"].(obj)
	case "v1/Service":
		s := o["spec"].(obj)
		if _, ok := s["ports"]; ok {
			l := list{}
			for i := r.between(1, 4); i > 0; i-- {
				l = append(l, obj{"name": pick(r, "a", "b", "c", "d") + itoa(i), "port": pick(r, 80, 81, 443, 8080), "protocol": pick(r, "TCP", "UDP", "TCP")})
			}
			s["ports"] = l
		}
	}
	if spec != nil {
		cs, _ := spec["containers"].(list)
		for i := r.n(3); i > 0; i-- {
			c := obj{"name": pick(r, "x", "y", "z", "w"), "image": pick(r, "i1", "i2")}
			if r.p(50) {
				c["env"] = list{obj{"name": pick(r, "A", "B", "C"), "value": pick(r, "1", "2")}}
			}
			if r.p(40) {
				c["ports"] = list{obj{"containerPort": pick(r, 80, 81), "protocol": pick(r, "TCP", "UDP")}}
			}
			if r.p(20) {
				c["args"] = list{"a", "b"}
			}
			dup := false
			for _, e := range cs {
				if e.(obj)["name"] == c["name"] {
					dup = true
				}
			}
			if !dup {
				cs = append(cs, c)
			}
		}
		spec["containers"] = cs
	}
	if m, ok := o["metadata"].(obj); ok && r.p(40) {
		m["finalizers"] = list{pick(r, "a.com/x", "b.com/y")}
		m["annotations"] = obj{"k": pick(r, "1", "2"), "l": "v"}
		if r.p(30) {
			m["ownerReferences"] = list{obj{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": pick(r, "u1", "u2")}}
		}
	}
	return o
}

func shuffleLists(r *rng, o obj) {
	for _, s := range allSlots(o) {
		if l, ok := s.get().(list); ok && len(l) > 1 && r.p(40) {
			i, j := r.n(len(l)), r.n(len(l))
			l[i], l[j] = l[j], l[i]
		}
	}
}

// directive adds strategic merge patch directives somewhere in a patch.
func (r *rng) directive(p obj) {
	sl := allSlots(p)
	if len(sl) == 0 {
		return
	}
	s := sl[r.n(len(sl))]
	switch v := s.get().(type) {
	case obj:
		switch r.n(4) {
		case 0:
			v["$patch"] = pick(r, "replace", "delete", "merge", "bogus")
		case 1:
			if ks := keysOf(v); len(ks) > 0 {
				v[ks[r.n(len(ks))]] = nil
			}
		case 2:
			l := list{}
			for _, k := range keysOf(v) {
				l = append(l, k)
			}
			v["$retainKeys"] = l
		default:
			v["$deleteFromPrimitiveList/"+pick(r, "finalizers", "args")] = list{pick(r, "a", "a.com/x", "b")}
		}
	case list:
		switch r.n(4) {
		case 0:
			s.set(append(list{obj{"$patch": "replace"}}, v...))
		case 1:
			if len(v) > 0 {
				if m, ok := v[r.n(len(v))].(obj); ok {
					m["$patch"] = pick(r, "delete", "replace")
				}
			}
		default:
			if s.m != nil {
				order := list{}
				for i := len(v) - 1; i >= 0; i-- {
					if m, ok := v[i].(obj); ok {
						e := obj{}
						for _, k := range []string{"name", "containerPort", "port", "ip", "key", "type", "uid", "mountPath", "topologyKey"} {
							if x, ok := m[k]; ok {
								e[k] = x
								break
							}
						}
						order = append(order, e)
					} else {
						order = append(order, v[i])
					}
				}
				s.m["$setElementOrder/"+s.key] = order
			}
		}
	}
}

// partOf keeps a random part of an object (its own slots), as a patch would.
func (r *rng) partOf(o obj, drop int) obj {
	c := clone(o)
	for i := 0; i < drop; i++ {
		sl := allSlots(c)
		var cand []slot
		for _, s := range sl {
			last := s.pth[strings.LastIndex(s.pth, ".")+1:]
			if last == "name" || strings.HasSuffix(s.pth, "metadata") {
				continue
			}
			cand = append(cand, s)
		}
		if len(cand) == 0 {
			break
		}
		cand[r.n(len(cand))].del()
	}
	return c
}

func pointer(path []string) string {
	var b strings.Builder
	for _, p := range path {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(p, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

func (r *rng) jsonPointer(v any) string {
	var path []string
	for {
		switch t := v.(type) {
		case obj:
			ks := keysOf(t)
			if len(ks) == 0 || r.p(20) {
				return pointer(path)
			}
			k := ks[r.n(len(ks))]
			path = append(path, k)
			v = t[k]
		case list:
			if len(t) == 0 || r.p(20) {
				path = append(path, pick(r, "-", "0", itoa(len(t)), itoa(len(t)+1), "-1", "01", "x"))
				return pointer(path)
			}
			i := r.n(len(t))
			path = append(path, itoa(i))
			v = t[i]
		default:
			return pointer(path)
		}
		if r.p(5) {
			path = append(path, pick(r, "new", "", "a/b", "m~n", "-"))
			return pointer(path)
		}
	}
}

func (r *rng) jsonPatch(doc any) any {
	l := list{}
	for i := r.between(1, 3); i > 0; i-- {
		op := obj{"op": pick(r, "add", "add", "remove", "replace", "replace", "move", "copy", "test", "bogus"), "path": r.jsonPointer(doc)}
		if r.p(4) {
			op["path"] = pick(r, "", "/", "a", "//", "/a~2b", "/metadata/labels/x~1y")
		}
		switch op["op"] {
		case "add", "replace", "test":
			op["value"] = r.value(1)
			if r.p(5) {
				delete(op, "value")
			}
		case "move", "copy":
			op["from"] = r.jsonPointer(doc)
			if r.p(5) {
				delete(op, "from")
			}
		}
		l = append(l, op)
	}
	return l
}

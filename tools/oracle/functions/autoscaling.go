package main

import (
	"context"
	"encoding/json"
	"fmt"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	_ "k8s.io/kubernetes/pkg/controller/cronjob"
	_ "k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	metricsclient "k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
	"reflect"
	"sort"
	"strconv"
	"sync"
	"time"
	_ "time/tzdata"
	"unsafe"
)

// ---- deployments ----

// tolerances mirrors podautoscaler.Tolerances, whose fields are private.
type tolerances struct{ down, up float64 }

type fakeMetrics struct {
	pods     metricsclient.PodMetricsInfo
	object   int64
	external []int64
	time     time.Time
}

func (f *fakeMetrics) GetResourceMetric(context.Context, v1.ResourceName, string, labels.Selector, string) (metricsclient.PodMetricsInfo, time.Time, error) {
	return f.pods, f.time, nil
}

func (f *fakeMetrics) GetRawMetric(string, string, labels.Selector, labels.Selector) (metricsclient.PodMetricsInfo, time.Time, error) {
	return f.pods, f.time, nil
}

func (f *fakeMetrics) GetObjectMetric(string, string, *autoscalingv2.CrossVersionObjectReference, labels.Selector) (int64, time.Time, error) {
	return f.object, f.time, nil
}

func (f *fakeMetrics) GetExternalMetric(string, string, labels.Selector) ([]int64, time.Time, error) {
	return f.external, f.time, nil
}

type hpaPodMetric struct {
	Value int64 `json:"value"`
	// AgeSeconds is how old the sample is; WindowSeconds what it covers.
	AgeSeconds    int64 `json:"ageSeconds,omitempty"`
	WindowSeconds int64 `json:"windowSeconds,omitempty"`
}

type hpaIn struct {
	// Kind: utilization, rawResource, pods, object, objectPerPod, external,
	// externalPerPod.
	Kind          string                  `json:"kind"`
	Current       int32                   `json:"currentReplicas"`
	Target        int64                   `json:"target"`
	Resource      string                  `json:"resource,omitempty"`
	Container     string                  `json:"container,omitempty"`
	ToleranceDown float64                 `json:"toleranceDown"`
	ToleranceUp   float64                 `json:"toleranceUp"`
	Pods          []json.RawMessage       `json:"pods,omitempty"`
	Metrics       map[string]hpaPodMetric `json:"metrics,omitempty"`
	Object        int64                   `json:"object,omitempty"`
	External      []int64                 `json:"external,omitempty"`
}

func hpaReplicas(in hpaIn) (any, error) {
	idx := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	for _, raw := range in.Pods {
		p := &v1.Pod{}
		if err := json.Unmarshal(expandNow(raw), p); err != nil {
			return nil, err
		}
		if err := idx.Add(p); err != nil {
			return nil, err
		}
	}
	now := time.Now()
	fm := &fakeMetrics{pods: metricsclient.PodMetricsInfo{}, object: in.Object, external: in.External, time: now}
	for k, m := range in.Metrics {
		fm.pods[k] = metricsclient.PodMetric{Value: m.Value, Timestamp: now.Add(-time.Duration(m.AgeSeconds) * time.Second), Window: time.Duration(m.WindowSeconds) * time.Second}
	}
	calc := podautoscaler.NewReplicaCalculator(fm, corelisters.NewPodLister(idx), 5*time.Minute, 30*time.Second)
	t := tolerances{in.ToleranceDown, in.ToleranceUp}
	tol := *(*podautoscaler.Tolerances)(unsafe.Pointer(&t))
	sel := labels.Everything()
	res := v1.ResourceName(in.Resource)
	if res == "" {
		res = v1.ResourceCPU
	}
	ref := &autoscalingv2.CrossVersionObjectReference{Kind: "Service", Name: "s"}
	var n int32
	var usage int64
	var err error
	o := obj{}
	switch in.Kind {
	case "utilization":
		var util int32
		n, util, usage, _, err = calc.GetResourceReplicas(context.Background(), in.Current, int32(in.Target), res, tol, "default", sel, in.Container)
		o["utilization"] = util
	case "rawResource":
		n, usage, _, err = calc.GetRawResourceReplicas(context.Background(), in.Current, in.Target, res, tol, "default", sel, in.Container)
	case "pods":
		n, usage, _, err = calc.GetMetricReplicas(in.Current, in.Target, "m", tol, "default", sel, sel)
	case "object":
		n, usage, _, err = calc.GetObjectMetricReplicas(in.Current, in.Target, "m", tol, "default", ref, sel, sel)
	case "objectPerPod":
		n, usage, _, err = calc.GetObjectPerPodMetricReplicas(in.Current, in.Target, "m", tol, "default", ref, sel)
	case "external":
		n, usage, _, err = calc.GetExternalMetricReplicas(in.Current, in.Target, "m", tol, "default", &metav1.LabelSelector{}, sel)
	case "externalPerPod":
		n, usage, _, err = calc.GetExternalPerPodMetricReplicas(in.Current, in.Target, "m", tol, "default", &metav1.LabelSelector{})
	default:
		return nil, fmt.Errorf("oracle: unknown kind %q", in.Kind)
	}
	if err != nil {
		return nil, err
	}
	o["replicas"] = n
	o["usage"] = i64(usage)
	return o, nil
}

//go:linkname hpaNormalize k8s.io/kubernetes/pkg/controller/podautoscaler.(*HorizontalController).normalizeDesiredReplicas
func hpaNormalize(a *podautoscaler.HorizontalController, hpa *autoscalingv2.HorizontalPodAutoscaler, key string, current, desired, min int32) int32

//go:linkname hpaNormalizeBehaviors k8s.io/kubernetes/pkg/controller/podautoscaler.(*HorizontalController).normalizeDesiredReplicasWithBehaviors
func hpaNormalizeBehaviors(a *podautoscaler.HorizontalController, hpa *autoscalingv2.HorizontalPodAutoscaler, key string, current, desired, min int32) int32

//go:linkname hpaTolerances k8s.io/kubernetes/pkg/controller/podautoscaler.(*HorizontalController).tolerancesForHpa
func hpaTolerances(a *podautoscaler.HorizontalController, hpa *autoscalingv2.HorizontalPodAutoscaler) podautoscaler.Tolerances

type recommendation struct {
	replicas int32
	time     time.Time
}

type scaleEvent struct {
	change   int32
	time     time.Time
	outdated bool
}

type eventIn struct {
	Replicas   int32 `json:"replicas"`
	AgoSeconds int64 `json:"agoSeconds"`
}

type hpaBehaviorIn struct {
	HPA     *autoscalingv2.HorizontalPodAutoscaler `json:"hpa"`
	Current int32                                  `json:"currentReplicas"`
	Desired int32                                  `json:"desiredReplicas"`
	// Recommendations and events before now, oldest first.
	Recommendations []eventIn `json:"recommendations,omitempty"`
	ScaleUp         []eventIn `json:"scaleUpEvents,omitempty"`
	ScaleDown       []eventIn `json:"scaleDownEvents,omitempty"`
}

var (
	hpaOnce sync.Once
	hpaCtl  *podautoscaler.HorizontalController
)

func hpaController() *podautoscaler.HorizontalController {
	hpaOnce.Do(func() {
		c := fake.NewClientset()
		inf := informers.NewSharedInformerFactory(c, 0)
		hpaCtl = podautoscaler.NewHorizontalController(context.Background(), c.CoreV1(), nil, c.AutoscalingV2(), apimeta.NewDefaultRESTMapper(nil), &fakeMetrics{}, inf.Autoscaling().V2().HorizontalPodAutoscalers(), inf.Core().V1().Pods(), time.Minute, 5*time.Minute, 0.1, 5*time.Minute, 30*time.Second)
	})
	return hpaCtl
}

func privateField[T any](v any, name string) *T {
	return (*T)(reflect.ValueOf(v).Elem().FieldByName(name).Addr().UnsafePointer())
}

func hpaBehavior(in hpaBehaviorIn) (any, error) {
	a := hpaController()
	now := time.Now()
	var recs []recommendation
	for _, e := range in.Recommendations {
		recs = append(recs, recommendation{e.Replicas, now.Add(-time.Duration(e.AgoSeconds) * time.Second)})
	}
	ev := func(l []eventIn) []scaleEvent {
		var out []scaleEvent
		for _, e := range l {
			out = append(out, scaleEvent{e.Replicas, now.Add(-time.Duration(e.AgoSeconds) * time.Second), false})
		}
		return out
	}
	*privateField[map[string][]recommendation](a, "recommendations") = map[string][]recommendation{"k": recs}
	*privateField[map[string][]scaleEvent](a, "scaleUpEvents") = map[string][]scaleEvent{"k": ev(in.ScaleUp)}
	*privateField[map[string][]scaleEvent](a, "scaleDownEvents") = map[string][]scaleEvent{"k": ev(in.ScaleDown)}
	h := in.HPA
	// the server would have defaulted the object
	raw, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	tm := obj{}
	_ = json.Unmarshal(raw, &tm)
	tm["apiVersion"], tm["kind"] = "autoscaling/v2", "HorizontalPodAutoscaler"
	def, err := defaultObject(decodeIn{Object: marshal(tm)})
	if err != nil {
		return nil, err
	}
	h = &autoscalingv2.HorizontalPodAutoscaler{}
	if err := json.Unmarshal(def.(obj)["defaulted"].(json.RawMessage), h); err != nil {
		return nil, err
	}
	min := int32(1)
	if h.Spec.MinReplicas != nil {
		min = *h.Spec.MinReplicas
	}
	t := hpaTolerances(a, h)
	tv := *(*tolerances)(unsafe.Pointer(&t))
	o := obj{"tolerance": obj{"down": strconv.FormatFloat(tv.down, 'g', -1, 64), "up": strconv.FormatFloat(tv.up, 'g', -1, 64), "text": t.String()}}
	if h.Spec.Behavior == nil {
		o["replicas"] = hpaNormalize(a, h, "k", in.Current, in.Desired, min)
	} else {
		o["replicas"] = hpaNormalizeBehaviors(a, h, "k", in.Current, in.Desired, min)
	}
	conds := []obj{}
	for _, c := range h.Status.Conditions {
		conds = append(conds, obj{"type": c.Type, "status": c.Status, "reason": c.Reason, "message": c.Message})
	}
	o["conditions"] = conds
	return o, nil
}

// ---- jobs ----

func (r *rng) hpaPod(i int) obj {
	cs := list{}
	for j := pick(r, 1, 1, 2); j > 0; j-- {
		c := obj{"name": "c" + itoa(j), "image": "i", "resources": obj{"requests": obj{"cpu": pick(r, "100m", "1", "250m"), "memory": "64Mi"}}}
		if r.p(3) {
			delete(c, "resources")
		}
		cs = append(cs, c)
	}
	st := obj{"phase": pick(r, "Running", "Running", "Running", "Running", "Pending", "Failed"), "startTime": fmt.Sprintf("@ago:%d@", pick(r, 3600, 3600, 120, 900))}
	if r.p(90) {
		st["conditions"] = list{obj{"type": "Ready", "status": pick(r, "True", "True", "True", "False"), "lastTransitionTime": fmt.Sprintf("@ago:%d@", pick(r, 3600, 3590, 60, 600))}}
	}
	m := obj{"name": "p" + itoa(i), "namespace": "default"}
	if r.p(5) {
		m["deletionTimestamp"] = "2026-01-01T00:00:00Z"
	}
	p := obj{"metadata": m, "spec": obj{"containers": cs}, "status": st}
	if r.p(10) {
		p["spec"].(obj)["resources"] = obj{"requests": obj{"cpu": pick(r, "2", "500m")}}
	}
	return p
}

func genHPA(r *rng) any {
	in := obj{"kind": pick(r, "utilization", "utilization", "utilization", "rawResource", "pods", "object", "objectPerPod", "external", "externalPerPod"), "currentReplicas": pick(r, 0, 1, 2, 3, 5, 10), "toleranceDown": pick(r, 0.1, 0.1, 0.0, 0.05, 0.5), "toleranceUp": pick(r, 0.1, 0.1, 0.0, 0.01, 0.3)}
	pods, metrics := list{}, obj{}
	n := r.between(0, 6)
	for i := 0; i < n; i++ {
		pods = append(pods, r.hpaPod(i))
		if r.p(85) {
			metrics["p"+itoa(i)] = obj{"value": pick(r, 0, 50, 100, 500, 1000, 300, 2000), "ageSeconds": pick(r, 10, 10, 45, 200), "windowSeconds": 60}
		}
	}
	if r.p(10) {
		metrics["gone"] = obj{"value": 100}
	}
	in["pods"] = pods
	switch in["kind"] {
	case "utilization":
		in["target"] = pick(r, 10, 50, 80, 100, 150)
		in["metrics"] = metrics
	case "rawResource", "pods":
		in["target"] = pick(r, 100, 500, 1000, 10)
		in["metrics"] = metrics
	case "object", "objectPerPod":
		in["target"] = pick(r, 100, 500, 1000)
		in["object"] = pick(r, 0, 100, 550, 1000, 5000, 109, 111, 90)
	default:
		in["target"] = pick(r, 100, 500, 1000)
		in["external"] = list{pick(r, 0, 100, 550, 1000, 5000), pick(r, 0, 50)}
	}
	return in
}

func genBehavior(r *rng) any {
	spec := obj{"scaleTargetRef": obj{"kind": "Deployment", "name": "d"}, "maxReplicas": pick(r, 5, 10, 20, 100)}
	if r.p(70) {
		spec["minReplicas"] = pick(r, 1, 2, 5)
	}
	rules := func() obj {
		o := obj{}
		if r.p(60) {
			o["stabilizationWindowSeconds"] = pick(r, 0, 60, 300, 600)
		}
		if r.p(30) {
			o["tolerance"] = pick(r, "0", "50m", "0.2", "1")
		}
		if r.p(40) {
			o["selectPolicy"] = pick(r, "Max", "Min", "Disabled")
		}
		if r.p(70) {
			l := list{}
			for i := r.between(1, 2); i > 0; i-- {
				l = append(l, obj{"type": pick(r, "Pods", "Percent"), "value": pick(r, 1, 2, 4, 10, 50, 100), "periodSeconds": pick(r, 15, 60, 300)})
			}
			o["policies"] = l
		}
		return o
	}
	if r.p(75) {
		b := obj{}
		if r.p(80) {
			b["scaleUp"] = rules()
		}
		if r.p(80) {
			b["scaleDown"] = rules()
		}
		spec["behavior"] = b
	}
	ev := func(max int) list {
		l := list{}
		for i := r.n(4); i > 0; i-- {
			l = append(l, obj{"replicas": 1 + r.n(max), "agoSeconds": pick(r, 5, 10, 40, 100, 200, 400, 900)})
		}
		sort.SliceStable(l, func(i, j int) bool {
			return fmt.Sprintf("%06v", l[i].(obj)["agoSeconds"]) > fmt.Sprintf("%06v", l[j].(obj)["agoSeconds"])
		})
		return l
	}
	in := obj{"hpa": obj{"metadata": obj{"name": "h", "namespace": "default"}, "spec": spec}, "currentReplicas": r.n(16), "desiredReplicas": r.n(30), "recommendations": ev(20), "scaleUpEvents": ev(5), "scaleDownEvents": ev(5)}
	if r.p(15) {
		return genReq{in: in, features: map[string]bool{"HPAConfigurableTolerance": false}}
	}
	return in
}

func init() {
	register("hpa.replicas", &fnDef{
		doc: "ReplicaCalculator with separate scale-down and scale-up tolerances (KEP-4951); CPU initialization 5m, initial readiness delay 30s; pods hold @ago:N@ times", in: `{kind: "utilization"|"rawResource"|"pods"|"object"|"objectPerPod"|"external"|"externalPerPod", currentReplicas, target, toleranceDown, toleranceUp, resource?, container?, pods?, metrics?{pod:{value,ageSeconds,windowSeconds}}, object?, external?[]}`, out: `{replicas, usage, utilization?}`,
		run: typed(hpaReplicas), gen: genHPA, count: 2500,
	})
	register("hpa.behavior", &fnDef{
		doc: "the HPA controller's normalizeDesiredReplicas (no behavior; downscale window 5m) or normalizeDesiredReplicasWithBehaviors on the defaulted object, with recommendations and scale events of the past; tolerancesForHpa (cluster default 0.1)", in: `{hpa, currentReplicas, desiredReplicas, recommendations?, scaleUpEvents?, scaleDownEvents?: [{replicas, agoSeconds}]}`, out: `{replicas, conditions[], tolerance{down,up,text}}`,
		run: typed(hpaBehavior), gen: genBehavior, count: 2500,
	})
}

package main

import (
	"fmt"
	apps "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/klog/v2"
	_ "k8s.io/kubernetes/pkg/controller/cronjob"
	daemonutil "k8s.io/kubernetes/pkg/controller/daemon/util"
	deploymentutil "k8s.io/kubernetes/pkg/controller/deployment/util"
	_ "k8s.io/kubernetes/pkg/controller/job"
	_ "time/tzdata"
)

type fencepostIn struct {
	MaxSurge       *intstr.IntOrString `json:"maxSurge,omitempty"`
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty"`
	Desired        int32               `json:"desired"`
}

func fenceposts(in fencepostIn) (any, error) {
	s, u, err := deploymentutil.ResolveFenceposts(in.MaxSurge, in.MaxUnavailable, in.Desired)
	if err != nil {
		return nil, err
	}
	o := obj{"maxSurge": s, "maxUnavailable": u}
	ds := &apps.DaemonSet{Spec: apps.DaemonSetSpec{UpdateStrategy: apps.DaemonSetUpdateStrategy{Type: apps.RollingUpdateDaemonSetStrategyType, RollingUpdate: &apps.RollingUpdateDaemonSet{MaxSurge: in.MaxSurge, MaxUnavailable: in.MaxUnavailable}}}}
	if n, err := daemonutil.SurgeCount(ds, int(in.Desired)); err == nil {
		o["daemonSurge"] = n
	}
	if in.MaxUnavailable != nil {
		if n, err := daemonutil.UnavailableCount(ds, int(in.Desired)); err == nil {
			o["daemonUnavailable"] = n
		}
	}
	return o, nil
}

type deploymentIn struct {
	Deployment  *apps.Deployment   `json:"deployment"`
	ReplicaSets []*apps.ReplicaSet `json:"replicaSets"`
	// New names the new replica set.
	New string `json:"new,omitempty"`
	// Add and Added are the arguments of GetReplicaSetProportion.
	Add   int32 `json:"toAdd,omitempty"`
	Added int32 `json:"added,omitempty"`
}

func deploymentMaths(in deploymentIn) (any, error) {
	d := in.Deployment
	log := klog.Background()
	o := obj{"maxUnavailable": deploymentutil.MaxUnavailable(*d), "minAvailable": deploymentutil.MinAvailable(d), "maxSurge": deploymentutil.MaxSurge(*d),
		"replicas": deploymentutil.GetReplicaCountForReplicaSets(in.ReplicaSets), "actual": deploymentutil.GetActualReplicaCountForReplicaSets(in.ReplicaSets), "ready": deploymentutil.GetReadyReplicaCountForReplicaSets(in.ReplicaSets), "available": deploymentutil.GetAvailableReplicaCountForReplicaSets(in.ReplicaSets),
		"terminating": deploymentutil.GetTerminatingReplicaCountForReplicaSets(in.ReplicaSets),
		"maxRevision": deploymentutil.MaxRevision(log, in.ReplicaSets), "lastRevision": deploymentutil.LastRevision(log, in.ReplicaSets),
		"complete": deploymentutil.DeploymentComplete(d, &d.Status)}
	var newRS *apps.ReplicaSet
	var old []*apps.ReplicaSet
	prop := obj{}
	for _, rs := range in.ReplicaSets {
		if rs.Name == in.New {
			newRS = rs
		} else {
			old = append(old, rs)
		}
		prop[rs.Name] = deploymentutil.GetReplicaSetProportion(log, rs, *d, in.Add, in.Added)
	}
	o["proportion"] = prop
	if newRS != nil {
		n, err := deploymentutil.NewRSNewReplicas(d, in.ReplicaSets, newRS)
		if err != nil {
			o["newReplicasError"] = err.Error()
		} else {
			o["newReplicas"] = n
		}
		o["saturated"] = deploymentutil.IsSaturated(d, newRS)
	}
	if a := deploymentutil.FindActiveOrLatest(newRS, old); a != nil {
		o["activeOrLatest"] = a.Name
	}
	if f := deploymentutil.FindNewReplicaSet(d, append([]*apps.ReplicaSet{}, in.ReplicaSets...)); f != nil {
		o["foundNew"] = f.Name
	}
	return o, nil
}

// ---- horizontal pod autoscaler ----

func init() {
	register("deployment.fenceposts", &fnDef{
		doc: "deploymentutil.ResolveFenceposts (surge rounds up, unavailable rounds down), and SurgeCount and UnavailableCount of daemon sets", in: `{maxSurge?, maxUnavailable?, desired}`, out: `{maxSurge, maxUnavailable, daemonSurge?, daemonUnavailable?}`,
		run: typed(fenceposts), gen: func(r *rng) any {
			v := func() any {
				return pick[any](r, 0, 1, 2, 5, "0%", "1%", "10%", "25%", "33%", "50%", "100%", "150%", "x", "5", "-1%", -1)
			}
			in := obj{"desired": pick(r, 0, 1, 2, 3, 4, 7, 10, 11, 100)}
			if r.p(85) {
				in["maxSurge"] = v()
			}
			if r.p(85) {
				in["maxUnavailable"] = v()
			}
			return in
		}, count: 1500,
	})
	register("deployment.maths", &fnDef{
		doc: "deploymentutil on a deployment and its replica sets: limits, counts (terminating too), NewRSNewReplicas, GetReplicaSetProportion, revisions, FindNewReplicaSet", in: `{deployment, replicaSets[], new?: name, toAdd?, added?}`, out: `{maxUnavailable, minAvailable, maxSurge, replicas, actual, ready, available, terminating, maxRevision, lastRevision, complete, proportion{}, newReplicas?, saturated?, activeOrLatest?, foundNew?}`,
		run: typed(deploymentMaths), gen: func(r *rng) any {
			d := r.baseOf("apps/v1/Deployment")
			s := d["spec"].(obj)
			s["replicas"] = r.n(12)
			s["strategy"] = obj{"type": "RollingUpdate", "rollingUpdate": obj{"maxSurge": pick[any](r, 0, 1, "25%", "50%"), "maxUnavailable": pick[any](r, 1, 2, "25%", 0)}}
			if r.p(15) {
				s["strategy"] = obj{"type": "Recreate"}
			}
			delete(d, "apiVersion")
			delete(d, "kind")
			rss := list{}
			for i := r.n(4); i > 0; i-- {
				rs := obj{"metadata": obj{"name": "rs" + itoa(i), "creationTimestamp": fmt.Sprintf("2026-01-0%dT00:00:00Z", i), "annotations": obj{"deployment.kubernetes.io/revision": pick(r, "1", "2", "3", "x"), "deployment.kubernetes.io/desired-replicas": pick(r, "3", "5", "x"), "deployment.kubernetes.io/max-replicas": pick(r, "4", "6", "0")}}, "spec": obj{"replicas": r.n(7), "template": clone(s["template"])}, "status": obj{"replicas": r.n(7), "readyReplicas": r.n(5), "availableReplicas": r.n(5)}}
				if r.p(60) {
					rs["status"].(obj)["terminatingReplicas"] = r.n(4)
				}
				if i > 1 && r.p(80) {
					rs["spec"].(obj)["template"].(obj)["metadata"].(obj)["labels"] = obj{"app": "web", "v": itoa(i)}
				}
				rss = append(rss, rs)
			}
			d["status"] = obj{"replicas": r.n(6), "updatedReplicas": r.n(6), "availableReplicas": r.n(6), "observedGeneration": 1}
			return obj{"deployment": d, "replicaSets": rss, "new": pick(r, "rs1", "rs2", ""), "toAdd": r.between(-4, 4), "added": r.between(-2, 2)}
		}, count: 1500,
	})
}

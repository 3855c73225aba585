package main

import (
	"fmt"
	"strings"
)

// ago is a time far from the edges at which ages change their text.
func (r *rng) ago() string {
	sec := pick(r, 130*60, 25*60, 45*60, 5*3600+1800, 30*3600+1200, 3*86400+4*3600+100, 20*86400+3600, 400*86400+5000, 3000*86400, 9*3600+100, 12*60+7*0+630)
	if sec%60 == 0 {
		sec += 25
	}
	return fmt.Sprintf("@ago:%d@", sec)
}

func (r *rng) printable() obj {
	o := r.mutatedObject(r.n(3))
	if r.p(60) {
		// the statuses that the columns show
		o = r.baseOf(pick(r, "v1/Pod", "v1/Pod", "v1/Pod", "v1/Node", "v1/Service", "apps/v1/Deployment", "apps/v1/ReplicaSet", "apps/v1/StatefulSet", "apps/v1/DaemonSet", "batch/v1/Job", "batch/v1/CronJob", "v1/PersistentVolumeClaim", "v1/PersistentVolume", "autoscaling/v2/HorizontalPodAutoscaler", "networking.k8s.io/v1/Ingress", "policy/v1/PodDisruptionBudget", "v1/Event", "v1/ResourceQuota", "resource.k8s.io/v1/ResourceClaim", "v1/Namespace"))
		r.addStatus(o)
	}
	if m, ok := o["metadata"].(obj); ok && r.p(80) {
		m["creationTimestamp"] = r.ago()
	}
	return o
}

func (r *rng) containerStatus(name string) obj {
	c := obj{"name": name, "image": "i", "imageID": "x", "restartCount": pick(r, 0, 0, 1, 7), "ready": r.p(60)}
	switch r.n(6) {
	case 0:
		c["state"] = obj{"waiting": obj{"reason": pick(r, "CrashLoopBackOff", "ContainerCreating", "PodInitializing", "ImagePullBackOff", "")}}
	case 1:
		c["state"] = obj{"terminated": obj{"exitCode": pick(r, 0, 1, 42, 137), "reason": pick(r, "Completed", "Error", "OOMKilled", ""), "signal": pick(r, 0, 0, 9)}}
	case 2:
		c["state"] = obj{}
	default:
		c["state"] = obj{"running": obj{"startedAt": r.ago()}}
		if r.p(50) {
			c["started"] = r.p(80)
		}
	}
	if r.p(25) {
		c["lastState"] = obj{"terminated": obj{"exitCode": 1, "finishedAt": r.ago()}}
	}
	return c
}

func (r *rng) addStatus(o obj) {
	small := func() int { return r.n(5) }
	cond := func(types ...string) list {
		l := list{}
		for _, t := range types {
			if r.p(70) {
				l = append(l, obj{"type": t, "status": pick(r, "True", "False", "Unknown"), "reason": pick(r, "", "R", "ContainersNotReady"), "lastTransitionTime": r.ago()})
			}
		}
		return l
	}
	switch o["kind"] {
	case "Pod":
		spec := o["spec"].(obj)
		st := obj{"phase": pick(r, "Running", "Running", "Pending", "Succeeded", "Failed", "Unknown", "")}
		if r.p(60) {
			st["podIP"] = "10.0.0.9"
			st["podIPs"] = list{obj{"ip": "10.0.0.9"}}
		}
		if r.p(60) {
			spec["nodeName"] = "node-1"
		}
		cs := list{}
		for _, c := range spec["containers"].(list) {
			if n, ok := c.(obj)["name"].(string); ok && r.p(90) {
				cs = append(cs, r.containerStatus(n))
			}
		}
		st["containerStatuses"] = cs
		if ics, ok := spec["initContainers"].(list); ok {
			l := list{}
			for _, c := range ics {
				if n, ok := c.(obj)["name"].(string); ok && r.p(90) {
					l = append(l, r.containerStatus(n))
				}
			}
			st["initContainerStatuses"] = l
		}
		st["conditions"] = cond("Ready", "PodScheduled", "Initialized", "ContainersReady", "a.com/gate")
		if r.p(15) {
			st["reason"] = pick(r, "Evicted", "NodeLost", "NodeAffinity")
		}
		if r.p(20) {
			spec["readinessGates"] = list{obj{"conditionType": "a.com/gate"}, obj{"conditionType": "b.com/gate"}}
		}
		if r.p(15) {
			spec["schedulingGates"] = list{obj{"name": "g"}}
			st["conditions"] = list{obj{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}}
		}
		if r.p(12) {
			o["metadata"].(obj)["deletionTimestamp"] = r.ago()
		}
		if r.p(15) {
			st["nominatedNodeName"] = "node-2"
		}
		o["status"] = st
	case "Node":
		o["status"] = obj{"conditions": cond("Ready", "MemoryPressure"), "addresses": list{obj{"type": pick(r, "InternalIP", "ExternalIP", "Hostname"), "address": "1.2.3.4"}}, "nodeInfo": obj{"kubeletVersion": "v1.35.0", "osImage": pick(r, "", "Linux X"), "kernelVersion": "6.1", "containerRuntimeVersion": "containerd://2.0"}}
		m := o["metadata"].(obj)
		m["labels"] = obj{pick(r, "node-role.kubernetes.io/control-plane", "kubernetes.io/role", "a"): pick(r, "", "x"), "node-role.kubernetes.io/worker": ""}
		o["spec"].(obj)["unschedulable"] = r.p(30)
	case "Service":
		if r.p(40) {
			o["status"] = obj{"loadBalancer": obj{"ingress": list{obj{"ip": "1.2.3.4"}, obj{"hostname": "very-long-hostname.example.com"}}}}
		}
		if r.p(40) {
			o["spec"].(obj)["clusterIP"] = pick(r, "10.0.0.1", "None", "")
		}
		if r.p(20) {
			o["spec"].(obj)["externalIPs"] = list{"9.9.9.9"}
		}
	case "Deployment", "ReplicaSet", "StatefulSet":
		o["status"] = obj{"replicas": small(), "readyReplicas": small(), "availableReplicas": small(), "updatedReplicas": small()}
	case "DaemonSet":
		o["status"] = obj{"desiredNumberScheduled": small(), "currentNumberScheduled": small(), "numberReady": small(), "updatedNumberScheduled": small(), "numberAvailable": small(), "numberMisscheduled": 0}
	case "Job":
		st := obj{"succeeded": small(), "active": small(), "failed": small()}
		if r.p(50) {
			st["conditions"] = list{obj{"type": pick(r, "Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet"), "status": pick(r, "True", "True", "False")}}
		}
		if r.p(60) {
			st["startTime"] = "2026-01-01T00:00:00Z"
			st["completionTime"] = pick(r, "2026-01-01T00:00:07Z", "2026-01-01T00:05:09Z", "2026-01-02T03:00:00Z")
		}
		if r.p(20) {
			o["metadata"].(obj)["deletionTimestamp"] = r.ago()
		}
		o["status"] = st
	case "CronJob":
		st := obj{}
		if r.p(60) {
			st["lastScheduleTime"] = r.ago()
		}
		if r.p(40) {
			st["active"] = list{obj{"name": "a"}}
		}
		o["spec"].(obj)["suspend"] = r.p(30)
		o["status"] = st
	case "PersistentVolumeClaim":
		o["status"] = obj{"phase": pick(r, "Bound", "Pending", "Lost"), "capacity": obj{"storage": "1Gi"}, "accessModes": list{"ReadWriteOnce", "ReadOnlyMany"}}
		if r.p(50) {
			o["spec"].(obj)["volumeName"] = "pv"
			o["spec"].(obj)["storageClassName"] = "x"
		}
	case "PersistentVolume":
		o["status"] = obj{"phase": pick(r, "Bound", "Available", "Released")}
		if r.p(50) {
			o["spec"].(obj)["claimRef"] = obj{"namespace": "default", "name": "pvc"}
		}
	case "HorizontalPodAutoscaler":
		o["status"] = obj{"currentReplicas": small(), "desiredReplicas": small(), "currentMetrics": list{obj{"type": "Resource", "resource": obj{"name": "cpu", "current": obj{"averageUtilization": 42, "averageValue": "420m"}}}}}
		if r.p(30) {
			o["status"] = obj{"currentReplicas": 1, "desiredReplicas": 0}
		}
		if r.p(40) {
			s := o["spec"].(obj)
			l := list{}
			for i := r.between(1, 4); i > 0; i-- {
				l = append(l, pick(r, obj{"type": "Resource", "resource": obj{"name": "memory", "target": obj{"type": "AverageValue", "averageValue": "1Gi"}}}, obj{"type": "Pods", "pods": obj{"metric": obj{"name": "m"}, "target": obj{"type": "AverageValue", "averageValue": "10"}}}, obj{"type": "Object", "object": obj{"metric": obj{"name": "m"}, "describedObject": obj{"kind": "S", "name": "s"}, "target": obj{"type": "Value", "value": "10"}}}, obj{"type": "External", "external": obj{"metric": obj{"name": "m"}, "target": obj{"type": "AverageValue", "averageValue": "1500m"}}}, obj{"type": "ContainerResource", "containerResource": obj{"name": "cpu", "container": "c", "target": obj{"type": "Utilization", "averageUtilization": 60}}}))
			}
			s["metrics"] = l
		}
	case "Ingress":
		o["status"] = obj{"loadBalancer": obj{"ingress": list{obj{"ip": "1.2.3.4"}, obj{"hostname": "h"}}}}
	case "PodDisruptionBudget":
		o["status"] = obj{"disruptionsAllowed": small(), "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 1}
	case "Event":
		o["lastTimestamp"] = r.ago()
		o["firstTimestamp"] = r.ago()
		o["count"] = small()
		o["source"] = obj{"component": "kubelet", "host": pick(r, "", "node-1")}
		if r.p(30) {
			o["series"] = obj{"count": 3, "lastObservedTime": strings.Replace("2026-01-01T00:00:00.000000Z", "x", "", 1)}
		}
		o["message"] = pick(r, "hi", " a\nb ", "")
	case "ResourceQuota":
		o["status"] = obj{"hard": obj{"pods": "10", "requests.cpu": "4", "limits.memory": "1Gi"}, "used": obj{"pods": "3", "requests.cpu": "1500m"}}
	case "ResourceClaim":
		if r.p(70) {
			st := obj{"allocation": obj{"devices": obj{"results": list{}}}}
			if r.p(50) {
				st["reservedFor"] = list{obj{"resource": "pods", "name": "p", "uid": "u"}}
			}
			o["status"] = st
		}
		if r.p(20) {
			o["metadata"].(obj)["deletionTimestamp"] = r.ago()
		}
	case "Namespace":
		o["status"] = obj{"phase": pick(r, "Active", "Terminating", "")}
	}
}

func (r *rng) addStatusSafe(o obj) {
	defer func() { _ = recover() }()
	r.addStatus(o)
}

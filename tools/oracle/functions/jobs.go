package main

import (
	"fmt"
	"github.com/robfig/cron/v3"
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	_ "k8s.io/kubernetes/pkg/controller/cronjob"
	_ "k8s.io/kubernetes/pkg/controller/job"
	"time"
	_ "time/tzdata"
	_ "unsafe" // for go:linkname
)

type jobInterval struct{ First, Last int }

//go:linkname jobMatchFailure k8s.io/kubernetes/pkg/controller/job.matchPodFailurePolicy
func jobMatchFailure(p *batchv1.PodFailurePolicy, pod *v1.Pod) (*string, bool, *batchv1.PodFailurePolicyAction)

//go:linkname jobMatchSuccess k8s.io/kubernetes/pkg/controller/job.matchSuccessPolicy
func jobMatchSuccess(log klog.Logger, p *batchv1.SuccessPolicy, completions int32, done []jobInterval) (string, bool)

//go:linkname jobParseIndexes k8s.io/kubernetes/pkg/controller/job.parseIndexesFromString
func jobParseIndexes(log klog.Logger, s string, completions int) []jobInterval

//go:linkname jobSucceeded k8s.io/kubernetes/pkg/controller/job.calculateSucceededIndexes
func jobSucceeded(log klog.Logger, job *batchv1.Job, pods []*v1.Pod) ([]jobInterval, []jobInterval)

//go:linkname jobFailed k8s.io/kubernetes/pkg/controller/job.calculateFailedIndexes
func jobFailed(log klog.Logger, job *batchv1.Job, pods []*v1.Pod) *[]jobInterval

//go:linkname jobIndexesString k8s.io/kubernetes/pkg/controller/job.orderedIntervals.String
func jobIndexesString(l []jobInterval) string

type jobIn struct {
	Job  *batchv1.Job `json:"job"`
	Pods []*v1.Pod    `json:"pods"`
}

func jobPolicies(in jobIn) (any, error) {
	log := klog.Background()
	job := in.Job
	o := obj{}
	if job.Spec.PodFailurePolicy != nil {
		l := []obj{}
		for _, p := range in.Pods {
			msg, count, action := jobMatchFailure(job.Spec.PodFailurePolicy, p)
			l = append(l, obj{"message": msg, "count": count, "action": action})
		}
		o["failurePolicy"] = l
	}
	if job.Spec.CompletionMode != nil && *job.Spec.CompletionMode == batchv1.IndexedCompletion && job.Spec.Completions != nil {
		prev, now := jobSucceeded(log, job, in.Pods)
		o["previous"] = jobIndexesString(prev)
		o["succeeded"] = jobIndexesString(now)
		if job.Spec.BackoffLimitPerIndex != nil {
			if f := jobFailed(log, job, in.Pods); f != nil {
				o["failed"] = jobIndexesString(*f)
			}
		}
		if job.Spec.SuccessPolicy != nil {
			msg, ok := jobMatchSuccess(log, job.Spec.SuccessPolicy, *job.Spec.Completions, now)
			o["successPolicy"] = obj{"message": msg, "met": ok}
		}
	}
	return o, nil
}

type indexesIn struct {
	Indexes     string `json:"indexes"`
	Completions int    `json:"completions"`
}

type cronIn struct {
	Schedule string `json:"schedule"`
	TimeZone string `json:"timeZone,omitempty"`
	From     string `json:"from"`
	Count    int    `json:"count"`
}

func cronNext(in cronIn) (any, error) {
	s := in.Schedule
	if in.TimeZone != "" {
		// as the controller formats it
		s = fmt.Sprintf("TZ=%s %s", in.TimeZone, s)
	}
	sched, err := cron.ParseStandard(s)
	if err != nil {
		return nil, err
	}
	t, err := time.Parse(time.RFC3339, in.From)
	if err != nil {
		return nil, err
	}
	l := []string{}
	for i := 0; i < in.Count; i++ {
		t = sched.Next(t)
		if t.IsZero() {
			break
		}
		l = append(l, t.UTC().Format(time.RFC3339))
	}
	return obj{"next": l}, nil
}

func genJob(r *rng) any {
	spec := obj{"template": obj{"spec": obj{"restartPolicy": "Never", "containers": list{obj{"name": "c", "image": "i"}}}}}
	n := pick(r, 3, 5, 10)
	if r.p(75) {
		spec["completionMode"] = "Indexed"
		spec["completions"] = n
		if r.p(60) {
			spec["backoffLimitPerIndex"] = pick(r, 0, 1, 2)
		}
		if r.p(60) {
			rl := list{}
			for i := r.between(1, 2); i > 0; i-- {
				ru := obj{}
				if r.p(70) {
					ru["succeededIndexes"] = pick(r, "0", "0-2", "1,3", "0,2-4", "9", "x")
				}
				if r.p(60) || len(ru) == 0 {
					ru["succeededCount"] = pick(r, 1, 2, 3)
				}
				rl = append(rl, ru)
			}
			spec["successPolicy"] = obj{"rules": rl}
		}
	}
	if r.p(70) {
		rl := list{}
		for i := r.between(1, 3); i > 0; i-- {
			ru := obj{"action": pick(r, "FailJob", "Ignore", "Count", "FailIndex", "Unknown")}
			if r.p(60) {
				e := obj{"operator": pick(r, "In", "NotIn"), "values": list{pick(r, 1, 2, 42), pick(r, 3, 137)}}
				if r.p(40) {
					e["containerName"] = pick(r, "c", "other")
				}
				ru["onExitCodes"] = e
			} else {
				ru["onPodConditions"] = list{obj{"type": pick(r, "DisruptionTarget", "ConfigIssue"), "status": pick(r, "True", "False")}}
			}
			rl = append(rl, ru)
		}
		spec["podFailurePolicy"] = obj{"rules": rl}
	}
	st := obj{}
	if r.p(40) {
		st["completedIndexes"] = pick(r, "", "0", "0-1", "0,2", "1-3", "bad", "3,1")
	}
	if r.p(30) {
		st["failedIndexes"] = pick(r, "", "0", "2-3")
	}
	pods := list{}
	for i := r.between(0, 5); i > 0; i-- {
		ann := obj{}
		if r.p(92) {
			ann["batch.kubernetes.io/job-completion-index"] = pick(r, "0", "1", "2", "3", "4", "7", "x")
		}
		if r.p(50) {
			ann["batch.kubernetes.io/job-index-failure-count"] = pick(r, "0", "1", "2")
		}
		p := obj{"metadata": obj{"name": "p" + itoa(i), "annotations": ann, "finalizers": list{"batch.kubernetes.io/job-tracking"}}, "spec": obj{"containers": list{obj{"name": "c"}}}}
		ps := obj{"phase": pick(r, "Succeeded", "Failed", "Failed", "Running")}
		if ps["phase"] == "Failed" {
			ps["containerStatuses"] = list{obj{"name": "c", "state": obj{"terminated": obj{"exitCode": pick(r, 0, 1, 2, 3, 42, 137)}}}}
			if r.p(25) {
				ps["conditions"] = list{obj{"type": pick(r, "DisruptionTarget", "ConfigIssue"), "status": pick(r, "True", "False")}}
			}
			if r.p(20) {
				ps["initContainerStatuses"] = list{obj{"name": "init", "state": obj{"terminated": obj{"exitCode": pick(r, 0, 1, 42)}}}}
			}
		}
		p["status"] = ps
		pods = append(pods, p)
	}
	return obj{"job": obj{"metadata": obj{"name": "j", "namespace": "default"}, "spec": spec, "status": st}, "pods": pods}
}

func init() {
	register("job.policies", &fnDef{
		doc: "job controller: podFailurePolicy match per pod, completed and failed indexes, successPolicy", in: `{job, pods[]}`, out: `{failurePolicy?[{message,count,action}], previous?, succeeded?, failed?, successPolicy?{message,met}}`,
		run: typed(jobPolicies), gen: genJob, count: 2000,
	})
	register("job.indexes", &fnDef{
		doc: "parseIndexesFromString and back to text", in: `{indexes, completions}`, out: `{intervals[[first,last]], text}`,
		run: typed(func(in indexesIn) (any, error) {
			l := jobParseIndexes(klog.Background(), in.Indexes, in.Completions)
			out := [][2]int{}
			for _, i := range l {
				out = append(out, [2]int{i.First, i.Last})
			}
			return obj{"intervals": out, "text": jobIndexesString(l)}, nil
		}), gen: func(r *rng) any {
			s := ""
			for i := r.n(4); i >= 0; i-- {
				s += pick(r, "0", "1", "2", "3-5", "4-4", "7-6", "8", "9-12", "x", "", "-", "1-", "-1", " 1", "5-9") + pick(r, ",", ",", ",", "")
			}
			if r.p(60) && len(s) > 0 && s[len(s)-1] == ',' {
				s = s[:len(s)-1]
			}
			return obj{"indexes": s, "completions": pick(r, 1, 5, 10, 100)}
		}, count: 800,
	})
	register("cron.next", &fnDef{
		doc: "the CronJob schedule parser (robfig cron ParseStandard, TZ= as the controller writes it): next times in UTC", in: `{schedule, timeZone?, from: RFC 3339, count}`, out: `{next[]}`,
		run: typed(cronNext), gen: func(r *rng) any {
			s := pick(r, "*/5 * * * *", "0 0 * * *", "30 2 * * *", "0 0 1 * *", "0 0 31 * *", "0 0 29 2 *", "@hourly", "@daily", "@weekly", "@monthly", "@yearly", "@every 1h30m", "@midnight", "0 0 * * 0", "0 0 * * 7", "0 0 * * SUN", "0 0 * JAN *", "0-10/3 1,2 * * 1-5", "0 12 13 * 5", "* * * * * *", "60 * * * *", "a * * * *", "", "0 0 30 2 *", "*/0 * * * *", "5/15 * * * *", "0 9-17 * * mon-fri", "? * * * *", "0 0 ? * 1", "TZ=UTC 0 0 * * *", "CRON_TZ=Asia/Tokyo 0 0 * * *", "59 23 31 12 *", "0 0 L * *", "10-5 * * * *", "@reboot", "@every 500ms", "1 2 3 4 5 6 7")
			if r.p(50) {
				f := func(max int) string {
					return pick(r, "*", itoa(r.n(max)), itoa(r.n(max)), "*/"+itoa(1+r.n(max)), itoa(r.n(max))+"-"+itoa(r.n(max)), itoa(r.n(max))+","+itoa(r.n(max)))
				}
				s = f(60) + " " + f(24) + " " + f(32) + " " + f(13) + " " + f(8)
			}
			in := obj{"schedule": s, "from": pick(r, "2026-01-01T00:00:00Z", "2026-03-28T23:30:15Z", "2026-10-25T00:15:00Z", "2024-02-28T23:59:59Z", "2026-06-15T12:34:56Z"), "count": 4}
			if r.p(50) {
				in["timeZone"] = pick(r, "UTC", "Etc/UTC", "Europe/Brussels", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Bogus/Zone")
			}
			return in
		}, count: 1500,
	})
}

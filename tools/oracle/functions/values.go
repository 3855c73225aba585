package main

import (
	"encoding/json"
	"fmt"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"strconv"
	"time"
)

type abIn struct {
	A string `json:"a"`
	B string `json:"b"`
}

type intstrIn struct {
	// Value is a JSON number or string.
	Value   json.RawMessage `json:"value"`
	Total   int             `json:"total"`
	RoundUp bool            `json:"roundUp,omitempty"`
}

func intstrScaled(in intstrIn) (any, error) {
	var v intstr.IntOrString
	if err := json.Unmarshal(in.Value, &v); err != nil {
		return nil, err
	}
	o := obj{"type": map[intstr.Type]string{intstr.Int: "int", intstr.String: "string"}[v.Type], "string": v.String(), "intValue": v.IntValue()}
	if v.Type == intstr.String {
		p := intstr.Parse(v.StrVal)
		o["parsed"] = p
	}
	b, _ := json.Marshal(v)
	o["json"] = json.RawMessage(b)
	n, err := intstr.GetScaledValueFromIntOrPercent(&v, in.Total, in.RoundUp)
	if err != nil {
		o["scaledError"] = err.Error()
	} else {
		o["scaled"] = n
	}
	n, err = intstr.GetValueFromIntOrPercent(&v, in.Total, in.RoundUp)
	if err != nil {
		o["legacyError"] = err.Error()
	} else {
		o["legacy"] = n
	}
	return o, nil
}

type timeIn struct {
	Kind string          `json:"kind"`
	JSON json.RawMessage `json:"json"`
}

func timeFormats(in timeIn) (any, error) {
	o := obj{}
	switch in.Kind {
	case "time":
		var t metav1.Time
		if err := json.Unmarshal(in.JSON, &t); err != nil {
			return nil, err
		}
		b, err := json.Marshal(t)
		if err != nil {
			return nil, err
		}
		o["json"] = json.RawMessage(b)
		o["isZero"] = t.IsZero()
		if !t.IsZero() {
			o["unix"] = i64(t.Unix())
			o["utc"] = t.UTC().Format(time.RFC3339Nano)
		}
	case "microtime":
		var t metav1.MicroTime
		if err := json.Unmarshal(in.JSON, &t); err != nil {
			return nil, err
		}
		b, err := json.Marshal(t)
		if err != nil {
			return nil, err
		}
		o["json"] = json.RawMessage(b)
		o["isZero"] = t.IsZero()
		if !t.IsZero() {
			o["unixMicro"] = i64(t.UnixMicro())
		}
	case "duration":
		var d metav1.Duration
		if err := json.Unmarshal(in.JSON, &d); err != nil {
			return nil, err
		}
		b, err := json.Marshal(d)
		if err != nil {
			return nil, err
		}
		o["json"] = json.RawMessage(b)
		o["nanoseconds"] = i64(int64(d.Duration))
	case "human":
		var s string
		if err := json.Unmarshal(in.JSON, &s); err != nil {
			return nil, err
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, err
		}
		o["human"] = duration.HumanDuration(time.Duration(n))
		o["short"] = duration.ShortHumanDuration(time.Duration(n))
		o["go"] = time.Duration(n).String()
	default:
		return nil, fmt.Errorf("oracle: unknown kind %q", in.Kind)
	}
	return o, nil
}

// goDuration reads a duration as Go does and writes it again.
func goDuration(in struct {
	Text string `json:"text"`
}) (any, error) {
	d, err := time.ParseDuration(in.Text)
	if err != nil {
		return nil, err
	}
	return obj{"nanoseconds": fmt.Sprint(int64(d)), "string": d.String()}, nil
}

func init() {
	register("duration.parse", &fnDef{
		doc: "time.ParseDuration and Duration.String",
		in:  `{text}`,
		out: `{nanoseconds: int64 as text, string}`,
		run: typed(goDuration),
	})
	register("resourceVersion.compare", &fnDef{
		doc: "apimachinery util/resourceversion CompareResourceVersion", in: `{a, b}`, out: `{cmp} or error text`,
		run: typed(func(in abIn) (any, error) {
			c, err := resourceversion.CompareResourceVersion(in.A, in.B)
			if err != nil {
				return nil, err
			}
			return obj{"cmp": c}, nil
		}),
		gen: func(r *rng) any {
			rv := func() string {
				switch r.n(8) {
				case 0:
					return pick(r, "", "0", "00", "01", "-1", "+1", " 1", "1 ", "1a", "a", "1.0", "1e3", "0x1", "١", "１", "1_000", "1\n", "\x00", "1,2", "9999999999999999999999999999x", "é1", "1é")
				case 1:
					return pick(r, "1", "2", "9", "10", "99", "100", "18446744073709551615", "18446744073709551616", "9223372036854775807", "9223372036854775808")
				case 2:
					return itoa(1+r.n(9)) + r.digits(r.between(15, 60))
				}
				return itoa(1 + r.n(100000))
			}
			a := rv()
			b := rv()
			if r.p(15) {
				b = a
			}
			return obj{"a": a, "b": b}
		}, count: 3000,
	})
	register("intstr.scaled", &fnDef{
		doc: "IntOrString decoding, GetScaledValueFromIntOrPercent and the legacy GetValueFromIntOrPercent", in: `{value: number|string, total, roundUp?}`, out: `{type, string, intValue, parsed?, json, scaled?|scaledError?, legacy?|legacyError?}`,
		run: typed(intstrScaled), gen: func(r *rng) any {
			var v any = r.between(-5, 100)
			if r.p(75) {
				v = pick(r, "0%", "1%", "25%", "33%", "50%", "99%", "100%", "150%", "-10%", "5", "0", "-1", "", "%", "a%", "5.5%", " 5%", "5 %", "%5", "5%%", "abc", "+5%", "1e1%", "99999999999999999999%", "2147483648", "007", "07%", "0x10")
			} else if r.p(10) {
				v = pick[any](r, 1.5, 2147483648, -2147483649, true, nil, 1e3)
			}
			return obj{"value": v, "total": pick(r, 0, 1, 3, 4, 7, 10, 33, 100, 1000, -4), "roundUp": r.p(50)}
		}, count: 2000,
	})
	register("time.format", &fnDef{
		doc: "metav1.Time, MicroTime, Duration JSON decoding and encoding; human: HumanDuration, ShortHumanDuration and Go's String of nanoseconds", in: `{kind: "time"|"microtime"|"duration"|"human", json}`, out: `time {json,isZero,unix,utc}; microtime {json,isZero,unixMicro}; duration {json,nanoseconds}; human {human,short,go}`,
		run: typed(timeFormats), gen: func(r *rng) any {
			kind := pick(r, "time", "microtime", "duration", "human")
			switch kind {
			case "duration":
				if r.p(30) {
					return obj{"kind": kind, "json": itoa(r.n(100)) + pick(r, "h", "m", "s", "ms", "us", "ns", "µs") + pick(r, "", itoa(r.n(100))+"s", itoa(r.n(100))+"."+r.digits(3)+"ms")}
				}
				return obj{"kind": kind, "json": pick[any](r, "5s", "1h30m", "1.5h", "-1m", "0", "0s", "", "5", "1d", "100ms", "1us", "1µs", "1μs", "1ns", "1h1h", "1.0000000001s", ".5s", "1.s", ".s", "+5s", "--5s", "1e3s", "9223372036854775807ns", "9223372036854775808ns", "-9223372036854775808ns", "2562047h47m16.854775807s", "2562048h", nil, 5, "1h 5m", " 5s", "3.14159s", "24h0m0s", "1m0.5s", "0.000001s", "1.0h")}
			case "human":
				sec := pick(r, r.n(200), r.n(10000), r.n(200000), r.n(1000000), r.n(40000000), r.n(1000000000))
				ns := int64(sec)*1e9 + int64(pick(r, 0, 0, 1, 500000000, 999999999))
				if r.p(10) {
					ns = -ns / pick(r, int64(1), int64(1000000000))
				}
				return obj{"kind": kind, "json": i64(ns)}
			}
			y := pick(r, "0001", "1970", "1999", "2000", "2024", "2026", "9999", "10000", "0000", "1677", "2262")
			d := pick(r, "-01-01", "-02-29", "-02-30", "-12-31", "-1-2", "-06-15", "-13-01")
			t := pick(r, "T00:00:00", "T23:59:59", "T23:59:60", "T24:00:00", "t01:02:03", " 01:02:03", "T1:2:3", "T12:30:00", "T00:00:00.5", "T00:00:00.123456", "T00:00:00.1234567", "T00:00:00.123456789", "T00:00:00.000000", "T00:00:00.999999999", "T00:00:00,5", "T00:00:00.1234567891", "")
			z := pick(r, "Z", "Z", "Z", "z", "+00:00", "-00:00", "+05:30", "-08:00", "+0530", "", "+24:00", "-23:59")
			s := y + d + t + z
			if r.p(50) {
				s = pick(r, "2024", "2026", "1970") + pick(r, "-01-01", "-06-15", "-12-31") + pick(r, "T00:00:00", "T23:59:59", "T12:30:00.5", "T12:30:00.123456", "T12:30:00.123456789", "T12:30:00.000000") + pick(r, "Z", "Z", "+05:30", "-08:00")
			}
			if r.p(5) {
				return obj{"kind": kind, "json": pick[any](r, nil, "", "null", 5, "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z")}
			}
			return obj{"kind": kind, "json": s}
		}, count: 3000,
	})
}

package main

import (
	"fmt"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/api/validation/path"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sort"
	"strconv"
	"strings"
)

type validateIn struct {
	Check string `json:"check"`
	Value string `json:"value"`
}

var stringChecks = map[string]func(string) []string{
	"IsQualifiedName":                  validation.IsQualifiedName,
	"IsValidLabelValue":                validation.IsValidLabelValue,
	"IsDNS1123Label":                   validation.IsDNS1123Label,
	"IsDNS1123Subdomain":               validation.IsDNS1123Subdomain,
	"IsDNS1123SubdomainWithUnderscore": validation.IsDNS1123SubdomainWithUnderscore,
	"IsDNS1035Label":                   validation.IsDNS1035Label,
	"IsWildcardDNS1123Subdomain":       validation.IsWildcardDNS1123Subdomain,
	"IsCIdentifier":                    validation.IsCIdentifier,
	"IsValidPortName":                  validation.IsValidPortName,
	"IsValidPercent":                   validation.IsValidPercent,
	"IsHTTPHeaderName":                 validation.IsHTTPHeaderName,
	"IsEnvVarName":                     validation.IsEnvVarName,
	"IsRelaxedEnvVarName":              validation.IsRelaxedEnvVarName,
	"IsConfigMapKey":                   validation.IsConfigMapKey,
	"IsValidPathSegmentName":           path.IsValidPathSegmentName,
	"IsValidPathSegmentPrefix":         path.IsValidPathSegmentPrefix,
	"NameIsDNSSubdomain":               func(s string) []string { return apivalidation.NameIsDNSSubdomain(s, false) },
	"NameIsDNSSubdomain/prefix":        func(s string) []string { return apivalidation.NameIsDNSSubdomain(s, true) },
	"NameIsDNSLabel":                   func(s string) []string { return apivalidation.NameIsDNSLabel(s, false) },
	"NameIsDNSLabel/prefix":            func(s string) []string { return apivalidation.NameIsDNSLabel(s, true) },
	"NameIsDNS1035Label":               func(s string) []string { return apivalidation.NameIsDNS1035Label(s, false) },
	"NameIsDNS1035Label/prefix":        func(s string) []string { return apivalidation.NameIsDNS1035Label(s, true) },
	"IsValidPortNum":                   intCheck(validation.IsValidPortNum),
	"IsValidGroupID":                   int64Check(validation.IsValidGroupID),
	"IsValidUserID":                    int64Check(validation.IsValidUserID),
	"IsInRange/1/10":                   intCheck(func(i int) []string { return validation.IsInRange(i, 1, 10) }),
}

var pathChecks = map[string]func(*field.Path, string) field.ErrorList{
	"IsFullyQualifiedName":       validation.IsFullyQualifiedName,
	"IsFullyQualifiedDomainName": validation.IsFullyQualifiedDomainName,
	"IsDomainPrefixedPath":       validation.IsDomainPrefixedPath,
	"IsDomainPrefixedKey":        validation.IsDomainPrefixedKey,
	"IsValidIP":                  validation.IsValidIP,
	"IsValidCIDR":                validation.IsValidCIDR,
	"IsValidInterfaceAddress":    validation.IsValidInterfaceAddress,
	"IsValidIPForLegacyField": func(p *field.Path, s string) field.ErrorList {
		return validation.IsValidIPForLegacyField(p, s, false, nil)
	},
	"IsValidIPForLegacyField/strict": func(p *field.Path, s string) field.ErrorList {
		return validation.IsValidIPForLegacyField(p, s, true, nil)
	},
	"IsValidCIDRForLegacyField": func(p *field.Path, s string) field.ErrorList {
		return validation.IsValidCIDRForLegacyField(p, s, false, nil)
	},
	"IsValidCIDRForLegacyField/strict": func(p *field.Path, s string) field.ErrorList {
		return validation.IsValidCIDRForLegacyField(p, s, true, nil)
	},
	"ValidateLabelName": func(p *field.Path, s string) field.ErrorList { return metavalidation.ValidateLabelName(s, p) },
	"ValidateLabels/value": func(p *field.Path, s string) field.ErrorList {
		return metavalidation.ValidateLabels(map[string]string{"k": s}, p)
	},
	"ValidateAnnotations/key": func(p *field.Path, s string) field.ErrorList {
		return apivalidation.ValidateAnnotations(map[string]string{s: ""}, p)
	},
	"ValidateFinalizerName": func(p *field.Path, s string) field.ErrorList { return apivalidation.ValidateFinalizerName(s, p) },
	"ValidateFieldManager":  func(p *field.Path, s string) field.ErrorList { return metavalidation.ValidateFieldManager(s, p) },
}

func intCheck(f func(int) []string) func(string) []string {
	return func(s string) []string {
		i, err := strconv.Atoi(s)
		if err != nil {
			return []string{"oracle: not a number"}
		}
		return f(i)
	}
}

func int64Check(f func(int64) []string) func(string) []string {
	return func(s string) []string {
		i, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return []string{"oracle: not a number"}
		}
		return f(i)
	}
}

func validateString(in validateIn) (any, error) {
	if f, ok := stringChecks[in.Check]; ok {
		l := f(in.Value)
		if l == nil {
			l = []string{}
		}
		return obj{"errors": l}, nil
	}
	if f, ok := pathChecks[in.Check]; ok {
		o := obj{"fieldErrors": fieldErrors(f(field.NewPath("spec", "x"), in.Value))}
		if in.Check == "IsValidIP" {
			o["warnings"] = validation.GetWarningsForIP(field.NewPath("spec", "x"), in.Value)
		}
		if in.Check == "IsValidCIDR" {
			o["warnings"] = validation.GetWarningsForCIDR(field.NewPath("spec", "x"), in.Value)
		}
		return o, nil
	}
	return nil, fmt.Errorf("oracle: unknown check %q", in.Check)
}

func (r *rng) checkValue(check string) string {
	if strings.Contains(check, "PortNum") || strings.Contains(check, "GroupID") || strings.Contains(check, "UserID") || strings.Contains(check, "InRange") {
		return pick(r, "0", "1", "-1", "10", "11", "80", "65535", "65536", "2147483647", "2147483648", "-2147483648", itoa(r.n(70000)))
	}
	if strings.Contains(check, "IP") && r.p(80) {
		return pick(r, "1.2.3.4", "01.2.3.4", "1.2.3", "1.2.3.4.5", "256.1.1.1", "0.0.0.0", "255.255.255.255", "127.0.0.1", "::", "::1", "::ffff:1.2.3.4", "::ffff:102:304", "2001:db8::1", "2001:DB8::1", "2001:db8:0:0:0:0:0:1", "2001:0db8::1", "fe80::1%eth0", "1.2.3.4/24", " 1.2.3.4", "1.2.3.4 ", "", "abc", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::1.2.3.4", "1::2::3", ":1", "g::1", "12345::1", "0x1.2.3.4", "1.2.3.04", "224.0.0.1", "169.254.1.1", "ff02::1", "::FFFF:1.2.3.4", "1.2.3.-4")
	}
	if (strings.Contains(check, "CIDR") || strings.Contains(check, "InterfaceAddress")) && r.p(80) {
		return pick(r, "1.2.3.4/24", "1.2.3.0/24", "01.2.3.0/24", "1.2.3.0/33", "1.2.3.0/-1", "1.2.3.0/", "1.2.3.0", "/24", "1.2.3.0/024", "1.2.3.0/ 24", "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:db8::1/64", "2001:DB8::/32", "::ffff:1.2.3.0/120", "::ffff:1.2.3.0/24", "::ffff:102:300/112", "10.0.0.0/8", "10.0.0.1/32", "fe80::/10", "2001:db8::/129", "2001:0db8::/32", "1.2.3/24", "", "a/b", "10.0.0.0/8/8", "10.0.0.0/+8", "2001:db8:0::/48")
	}
	if r.p(25) {
		return r.nasty()
	}
	base := pick(r, "a", "A", "abc", "a-b", "-a", "a-", "a.b", "a..b", ".a", "a.", "a_b", "_a", "1a", "1", "1.2", "example.com", "example.com/a", "example.com/A_b.c", "example.com/", "/a", "a/b/c", "Example.com/a", "*.example.com", "*", "*.", "*.a.*", "a.*", "my-port", "http", "8080", "a1--b", "--", "port-", "abcdefghijklmno", "abcdefghijklmnop", "50%", "5", "%", "-5%", "5.5%", "005%", "X-Header", "X_Header", "a b", "PATH", "path", "1PATH", "P-A", "P.A", "=A", "A=", "..", "...", ".", "..a", "a/..", "a%b", "key.txt", "k_e-y.1", "кey", "é", "a\n", "\na", "a\x00", "kubernetes", "orphan", "foregroundDeletion", "a.b.c.d", "localhost", "example.com/a/b", "example.com/a?b", "a.com/%2f", "kubernetes.io/x", "resource.kubernetes.io/abc", "v1", "com", "a.com.")
	if r.p(15) {
		base = strings.Repeat(pick(r, "a", "b1", "a.", "a-", "é"), pick(r, 15, 16, 31, 32, 63, 64, 126, 127, 128, 253, 254, 300)) + pick(r, "", "z")
	}
	return base
}

func init() {
	var checks []string
	for k := range stringChecks {
		checks = append(checks, k)
	}
	for k := range pathChecks {
		checks = append(checks, k)
	}
	sort.Strings(checks)
	register("validate.string", &fnDef{
		doc: "name and format checks with exact messages: " + strings.Join(checks, " "), in: `{check, value}`, out: `{errors[]} or {fieldErrors[], warnings?} (path spec.x)`,
		run: typed(validateString), gen: func(r *rng) any {
			c := pick(r, checks...)
			return obj{"check": c, "value": r.checkValue(c)}
		}, count: 6000,
	})
}

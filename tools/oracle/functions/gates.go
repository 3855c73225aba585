package main

import (
	"fmt"
	"sort"

	"k8s.io/apimachinery/pkg/util/version"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	logsapi "k8s.io/component-base/logs/api/v1"
)

type gatesIn struct {
	Emulation string   `json:"emulation"`
	Set       []string `json:"set"`
	Known     bool     `json:"known,omitempty"`
}

// gateSettings answers what --feature-gates and --emulated-version of the
// binaries make of a list of settings.
func gateSettings(in gatesIn) (any, error) {
	given := utilfeature.DefaultMutableFeatureGate.(featuregate.MutableVersionedFeatureGate)
	gate := given.DeepCopy()
	if err := logsapi.AddFeatureGates(gate); err != nil {
		return nil, err
	}
	emulation, err := version.Parse(in.Emulation)
	if err != nil {
		return nil, fmt.Errorf("oracle: emulation: %v", err)
	}
	// As the binaries do: compatible with one minor version before, and at most three before their own.
	compatible := emulation.SubtractMinor(1)
	if oldest := version.MajorMinor(1, 32); compatible.LessThan(oldest) {
		compatible = oldest
	}
	if err := gate.SetEmulationVersionAndMinCompatibilityVersion(emulation, compatible); err != nil {
		return nil, err
	}
	defaults := enabledGates(gate)
	for _, setting := range in.Set {
		if err := gate.Set(setting); err != nil {
			return nil, err
		}
	}
	enabled := enabledGates(gate)
	if in.Known {
		return obj{"string": fmt.Sprint(gate), "known": gate.KnownFeatures(), "enabled": enabled}, nil
	}
	return obj{"string": fmt.Sprint(gate), "on": missingFrom(enabled, defaults), "off": missingFrom(defaults, enabled)}, nil
}

func enabledGates(gate featuregate.MutableVersionedFeatureGate) []string {
	names := []string{}
	for name := range gate.GetAllVersioned() {
		if gate.Enabled(name) {
			names = append(names, string(name))
		}
	}
	sort.Strings(names)
	return names
}

func missingFrom(names, others []string) []string {
	has := map[string]bool{}
	for _, name := range others {
		has[name] = true
	}
	missing := []string{}
	for _, name := range names {
		if !has[name] {
			missing = append(missing, name)
		}
	}
	return missing
}

func init() {
	register("gates.settings", &fnDef{
		doc: "feature gates: settings in the order given, at an emulated version",
		in:  `{emulation: "1.35", set: ["A=true,B=false"], known?}`,
		out: `{string, on[], off[]}, or {string, known[], enabled[]} where known is asked for`,
		run: typed(gateSettings),
	})
}

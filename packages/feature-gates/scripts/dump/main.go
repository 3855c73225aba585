// Prints every feature gate that the Kubernetes binaries register, with all versioned stages and dependencies, as JSON.
// Run it inside a module that requires k8s.io/kubernetes v1.35.4, and give its output to ../generate.mjs. It asks the
// running registry, since the names in upstream's lists of gates are Go constants, which differ from the flags in places.
package main

import (
	"encoding/json"
	"os"
	"sort"

	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	logs "k8s.io/component-base/logs/api/v1"
	_ "k8s.io/kubernetes/pkg/features"
)

type stage struct {
	Version          string `json:"version"`
	Stage            string `json:"stage"`
	Default          bool   `json:"default"`
	Locked           bool   `json:"locked"`
	MinCompatibility string `json:"minCompatibility,omitempty"`
}

type feature struct {
	Name      string   `json:"name"`
	Specs     []stage  `json:"specs"`
	DependsOn []string `json:"dependsOn,omitempty"`
}

func main() {
	gates := utilfeature.DefaultMutableFeatureGate.(featuregate.MutableVersionedFeatureGate)
	if err := logs.AddFeatureGates(gates); err != nil {
		panic(err)
	}
	dependencies := gates.Dependencies()
	var features []feature
	for name, specs := range gates.GetAllVersioned() {
		row := feature{Name: string(name)}
		for _, spec := range specs {
			one := stage{Version: spec.Version.String(), Stage: string(spec.PreRelease), Default: spec.Default, Locked: spec.LockToDefault}
			if one.Stage == "" {
				one.Stage = "GA"
			}
			if spec.MinCompatibilityVersion != nil {
				one.MinCompatibility = spec.MinCompatibilityVersion.String()
			}
			row.Specs = append(row.Specs, one)
		}
		for _, other := range dependencies[name] {
			row.DependsOn = append(row.DependsOn, string(other))
		}
		features = append(features, row)
	}
	sort.Slice(features, func(i, j int) bool { return features[i].Name < features[j].Name })
	if err := json.NewEncoder(os.Stdout).Encode(features); err != nil {
		panic(err)
	}
}

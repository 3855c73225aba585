package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
)

// The samples of the module k8s.io/api: every kind with every field set, by
// "group/version/Kind". They stay in the module cache, so only generators,
// which run next to the sources, may need them.
var samples = sync.OnceValues(func() (map[string]obj, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/api").Output()
	if err != nil {
		return nil, fmt.Errorf("generators read the samples of k8s.io/api and must run in tools/oracle: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "testdata", "HEAD", "*.json"))
	if err != nil {
		return nil, err
	}
	found := map[string]obj{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var o obj
		if err := json.Unmarshal(data, &o); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		version, _ := o["apiVersion"].(string)
		kind, _ := o["kind"].(string)
		key := version + "/" + kind
		if version == "v1" && strings.HasSuffix(kind, "Options") {
			continue
		}
		if _, ok := found[key]; !ok {
			found[key] = o
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("k8s.io/api holds no samples")
	}
	return found, nil
})

func allSamples() map[string]obj {
	found, err := samples()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return found
}

// filledOf gives the sample of the kind of an object.
func filledOf(o obj) (obj, bool) {
	full, ok := allSamples()[o["apiVersion"].(string)+"/"+o["kind"].(string)]
	return full, ok
}

// filledObject gives the sample of any kind.
func (r *rng) filledObject() obj {
	keys := sampleKeys(allSamples())
	return allSamples()[keys[r.n(len(keys))]]
}

func sampleKeys(m map[string]obj) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

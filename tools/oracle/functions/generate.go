package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// genReq lets a generator set the feature gates of its request.
type genReq struct {
	in       any
	features map[string]bool
}

func genRequest(name string, r *rng) *request {
	v := fns[name].gen(r)
	req := &request{Fn: name}
	if g, ok := v.(genReq); ok {
		req.Features = g.features
		v = g.in
	}
	req.In = marshal(v)
	return req
}

// seedFor gives every function numbers of its own for one seed.
func seedFor(name string, seed uint64) *rng {
	h := uint64(1469598103934665603)
	for i := 0; i < len(name); i++ {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return newRng(h ^ (seed * 0x9E3779B97F4A7C15))
}

func generate(name string, seed uint64, count int) error {
	d, ok := fns[name]
	if !ok || d.gen == nil {
		return fmt.Errorf("no generator for %q; `list` names the functions", name)
	}
	writer := bufio.NewWriter(os.Stdout)
	defer writer.Flush()
	r := seedFor(name, seed)
	for i := 0; i < count; i++ {
		writer.Write(marshal(genRequest(name, r)))
		writer.WriteByte('\n')
	}
	return nil
}

// record writes count cases with their answers. Left out are cases whose
// answers vary (Go walks maps in random order), panics, and repetitions.
func record(name string, seed uint64, count int) error {
	d, ok := fns[name]
	if !ok || d.gen == nil {
		return fmt.Errorf("no generator for %q; `list` names the functions", name)
	}
	writer := bufio.NewWriter(os.Stdout)
	defer writer.Flush()
	r := seedFor(name, seed)
	seen := map[string]bool{}
	for kept, tried := 0, 0; kept < count && tried < count*5; tried++ {
		req := genRequest(name, r)
		key := string(req.In) + string(marshal(req.Features))
		if seen[key] {
			continue
		}
		seen[key] = true
		res, ok := stableAnswer(req)
		if !ok {
			continue
		}
		writer.Write(caseLine(req, res))
		kept++
	}
	return nil
}

func stableAnswer(req *request) ([]byte, bool) {
	res, ok := answerInTime(req)
	if !ok {
		return nil, false
	}
	var failed errBody
	if json.Unmarshal(res, &failed) == nil && (strings.HasPrefix(failed.Error, "panic:") || strings.HasPrefix(failed.Error, "oracle:")) {
		return nil, false
	}
	for i := 0; i < 3; i++ {
		again, ok := answerInTime(req)
		if !ok || !bytes.Equal(again, res) {
			return nil, false
		}
	}
	return res, true
}

func caseLine(req *request, res []byte) []byte {
	var line bytes.Buffer
	line.WriteString(`{"in":`)
	line.Write(req.In)
	if len(req.Features) > 0 {
		line.WriteString(`,"features":`)
		line.Write(marshal(req.Features))
	}
	line.WriteByte(',')
	line.Write(res[1:])
	line.WriteByte('\n')
	return line.Bytes()
}

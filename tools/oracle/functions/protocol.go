package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sort"
	"time"
)

// fnDef describes one function of the oracle.
type fnDef struct {
	doc   string
	in    string
	out   string
	run   func(in json.RawMessage) (any, error)
	gen   func(r *rng) any
	count int
}

var fns = map[string]*fnDef{}

func register(name string, d *fnDef) {
	if _, dup := fns[name]; dup {
		panic("duplicate function " + name)
	}
	fns[name] = d
}

// typed adapts a function of a typed input to the raw one.
func typed[T any](f func(in T) (any, error)) func(json.RawMessage) (any, error) {
	return func(raw json.RawMessage) (any, error) {
		var in T
		if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&in); err != nil {
			return nil, fmt.Errorf("oracle: bad input: %v", err)
		}
		return f(in)
	}
}

type request struct {
	Fn       string          `json:"fn"`
	In       json.RawMessage `json:"in"`
	Features map[string]bool `json:"features,omitempty"`
}

type outBody struct {
	Out any `json:"out"`
}

type errBody struct {
	Error string `json:"error"`
}

func marshal(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return []byte(fmt.Sprintf(`{"error":%q}`, "oracle: cannot encode answer: "+err.Error()))
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

func answer(req *request) (res []byte) {
	d, ok := fns[req.Fn]
	if !ok {
		return marshal(errBody{"oracle: unknown function " + req.Fn})
	}
	defer func() {
		if p := recover(); p != nil {
			if os.Getenv("ORACLE_TRACE") != "" {
				fmt.Fprintf(os.Stderr, "%v\n%s\n", p, debug.Stack())
			}
			res = marshal(errBody{fmt.Sprintf("panic: %v", p)})
		}
	}()
	restore, err := setFeatures(req.Features)
	if err != nil {
		return marshal(errBody{"oracle: features: " + err.Error()})
	}
	defer restore()
	out, err := d.run(req.In)
	if err != nil {
		return marshal(errBody{err.Error()})
	}
	return marshal(outBody{out})
}

// answerInTime gives up on a request that runs for ten seconds.
func answerInTime(req *request) ([]byte, bool) {
	done := make(chan []byte, 1)
	go func() { done <- answer(req) }()
	select {
	case b := <-done:
		return b, true
	case <-time.After(10 * time.Second):
		return nil, false
	}
}

// serve answers one request a line, in order; it flushes when nothing waits.
func serve(in io.Reader, out io.Writer) error {
	reader := bufio.NewReaderSize(in, 1<<20)
	writer := bufio.NewWriter(out)
	defer writer.Flush()
	for {
		line, err := reader.ReadBytes('\n')
		if text := bytes.TrimSpace(line); len(text) > 0 {
			var req request
			if e := json.Unmarshal(text, &req); e != nil {
				writer.Write(marshal(errBody{"oracle: bad request: " + e.Error()}))
			} else {
				writer.Write(answer(&req))
			}
			writer.WriteByte('\n')
			if reader.Buffered() == 0 {
				if e := writer.Flush(); e != nil {
					return e
				}
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func names() []string {
	var l []string
	for n := range fns {
		l = append(l, n)
	}
	sort.Strings(l)
	return l
}

// Records what cel-go and the Kubernetes libraries answer for expressions: NDJSON in, NDJSON out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/ext"

	"k8s.io/apimachinery/pkg/util/version"
	plugincel "k8s.io/apiserver/pkg/admission/plugin/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/common"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/library"
	"k8s.io/apiserver/pkg/cel/mutation"
	"k8s.io/apiserver/pkg/cel/openapi"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

type input struct {
	Expr   string                     `json:"expr"`
	Env    string                     `json:"env,omitempty"` // base, dra-bindings, admission, mutation
	Types  map[string]string          `json:"types,omitempty"`
	Schema json.RawMessage            `json:"schema,omitempty"` // of self and oldSelf
	Vars   map[string]json.RawMessage `json:"vars,omitempty"`
	Limit  uint64                     `json:"limit,omitempty"`
}

func celType(name string) *cel.Type {
	switch name {
	case "int":
		return cel.IntType
	case "uint":
		return cel.UintType
	case "double":
		return cel.DoubleType
	case "string":
		return cel.StringType
	case "bytes":
		return cel.BytesType
	case "bool":
		return cel.BoolType
	case "list(string)":
		return cel.ListType(cel.StringType)
	case "list(int)":
		return cel.ListType(cel.IntType)
	case "map(string, int)":
		return cel.MapType(cel.StringType, cel.IntType)
	case "map(string, string)":
		return cel.MapType(cel.StringType, cel.StringType)
	case "timestamp":
		return cel.TimestampType
	case "duration":
		return cel.DurationType
	}
	return cel.DynType
}

type noSize struct{}

func (noSize) EstimateSize(checker.AstNode) *checker.SizeEstimate { return nil }
func (noSize) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}

func sizeOf(root *apiservercel.DeclType) checker.CostEstimator { return &sizer{root} }

type sizer struct{ root *apiservercel.DeclType }

func (s *sizer) EstimateSize(element checker.AstNode) *checker.SizeEstimate {
	path := element.Path()
	if len(path) == 0 || (path[0] != "self" && path[0] != "oldSelf") || s.root == nil {
		return nil
	}
	current := s.root
	for _, name := range path[1:] {
		switch name {
		case "@items", "@values":
			if current.ElemType == nil {
				return nil
			}
			current = current.ElemType
		case "@keys":
			if current.KeyType == nil {
				return nil
			}
			current = current.KeyType
		default:
			field, ok := current.Fields[name]
			if !ok || field.Type == nil {
				return nil
			}
			current = field.Type
		}
	}
	return &checker.SizeEstimate{Min: 0, Max: uint64(current.MaxElements)}
}
func (s *sizer) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}

func show(v ref.Val) any {
	switch t := v.(type) {
	case types.Int:
		return map[string]any{"int": strconv.FormatInt(int64(t), 10)}
	case types.Uint:
		return map[string]any{"uint": strconv.FormatUint(uint64(t), 10)}
	case types.Double:
		return map[string]any{"double": strconv.FormatFloat(float64(t), 'g', -1, 64)}
	case types.String:
		return string(t)
	case types.Bool:
		return bool(t)
	case types.Null:
		return nil
	case types.Bytes:
		return map[string]any{"bytes": []byte(t)}
	case types.Duration:
		return map[string]any{"duration": t.Duration.String()}
	case types.Timestamp:
		return map[string]any{"timestamp": t.Time.UTC().Format("2006-01-02T15:04:05.999999999Z")}
	case *types.Optional:
		if t.HasValue() {
			return map[string]any{"optional": show(t.GetValue())}
		}
		return map[string]any{"optional": "none"}
	case traits.Mapper:
		keys := []string{}
		out := map[string]any{}
		for it := t.Iterator(); it.HasNext() == types.True; {
			k := it.Next()
			ks, _ := json.Marshal(show(k))
			keys = append(keys, string(ks))
			out[string(ks)] = show(t.Get(k))
		}
		sort.Strings(keys)
		return map[string]any{"map": out}
	case traits.Lister:
		out := []any{}
		for it := t.Iterator(); it.HasNext() == types.True; {
			out = append(out, show(it.Next()))
		}
		return out
	case *types.Type:
		return map[string]any{"type": t.String()}
	}
	return map[string]any{"other": v.Type().TypeName(), "text": fmt.Sprint(v.Value())}
}

func run(in input) (out map[string]any) {
	out = map[string]any{}
	defer func() {
		if r := recover(); r != nil {
			out["panic"] = fmt.Sprint(r)
		}
	}()
	set := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())
	opts := environment.VersionedOptions{IntroducedVersion: version.MajorMinor(1, 0)}
	vars := map[string]any{}
	for name, t := range in.Types {
		opts.EnvOptions = append(opts.EnvOptions, cel.Variable(name, celType(t)))
	}
	var root *apiservercel.DeclType
	var schema *spec.Schema
	if len(in.Schema) > 0 {
		schema = &spec.Schema{}
		if err := json.Unmarshal(in.Schema, schema); err != nil {
			return map[string]any{"bad": err.Error()}
		}
		root = openapi.SchemaDeclType(schema, false).MaybeAssignTypeName("selfType")
		opts.DeclTypes = append(opts.DeclTypes, root)
		opts.EnvOptions = append(opts.EnvOptions, cel.Variable("self", root.CelType()), cel.Variable("oldSelf", root.CelType()))
	}
	switch in.Env {
	case "bindings":
		opts.EnvOptions = append(opts.EnvOptions, ext.Bindings(ext.BindingsVersion(0)))
	case "admission", "mutation":
		req, ns := plugincel.BuildRequestType(), plugincel.BuildNamespaceType()
		opts.DeclTypes = append(opts.DeclTypes, req, ns)
		opts.EnvOptions = append(opts.EnvOptions,
			cel.Variable("object", cel.DynType), cel.Variable("oldObject", cel.DynType),
			cel.Variable("namespaceObject", ns.CelType()), cel.Variable("request", req.CelType()),
			cel.Variable("params", cel.DynType),
			cel.Variable("authorizer", library.AuthorizerType), cel.Variable("authorizer.requestResource", library.ResourceCheckType))
	}
	set, err := set.Extend(opts)
	if err != nil {
		return map[string]any{"bad": err.Error()}
	}
	if in.Env == "mutation" {
		set, err = set.Extend(environment.VersionedOptions{IntroducedVersion: version.MajorMinor(1, 0), EnvOptions: []cel.EnvOption{
			common.ResolverEnvOption(&mutation.DynamicTypeResolver{}), library.JSONPatch()}})
		if err != nil {
			return map[string]any{"bad": err.Error()}
		}
	}
	env := set.NewExpressionsEnv()
	for name, raw := range in.Vars {
		var v any
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			return map[string]any{"bad": err.Error()}
		}
		v = numbers(v)
		if schema != nil && (name == "self" || name == "oldSelf") {
			v = common.UnstructuredToVal(v, &openapi.Schema{Schema: schema})
		}
		vars[name] = v
	}
	ast, issues := env.Compile(in.Expr)
	if issues != nil {
		out["issues"] = issues.String()
		return
	}
	out["type"] = ast.OutputType().String()
	est, err := env.EstimateCost(ast, &library.CostEstimator{SizeEstimator: sizeOf(root)})
	if err != nil {
		out["estimateError"] = err.Error()
	} else {
		out["min"], out["max"] = strconv.FormatUint(est.Min, 10), strconv.FormatUint(est.Max, 10)
	}
	po := []cel.ProgramOption{cel.InterruptCheckFrequency(100)}
	if in.Limit > 0 {
		po = append(po, cel.CostLimit(in.Limit))
	}
	prog, err := env.Program(ast, po...)
	if err != nil {
		out["programError"] = err.Error()
		return
	}
	val, det, err := prog.Eval(vars)
	if det != nil && det.ActualCost() != nil {
		out["cost"] = strconv.FormatUint(*det.ActualCost(), 10)
	}
	if err != nil {
		out["error"] = err.Error()
		return
	}
	out["value"] = show(val)
	return
}

func numbers(v any) any {
	switch t := v.(type) {
	case json.Number:
		if i, err := t.Int64(); err == nil {
			return i
		}
		f, _ := t.Float64()
		return f
	case map[string]any:
		for k, e := range t {
			t[k] = numbers(e)
		}
	case []any:
		for i, e := range t {
			t[i] = numbers(e)
		}
	}
	return v
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "functions" {
		set := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())
		set, _ = set.Extend(environment.VersionedOptions{IntroducedVersion: version.MajorMinor(1, 0), EnvOptions: []cel.EnvOption{library.JSONPatch(), ext.Bindings(ext.BindingsVersion(0))}})
		names := []string{}
		fns := set.NewExpressionsEnv().Functions()
		for n := range fns {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			fmt.Println(n)
			for _, o := range fns[n].OverloadDecls() {
				args := []string{}
				for _, a := range o.ArgTypes() {
					args = append(args, checker.FormatCELType(a))
				}
				m := ""
				if o.IsMemberFunction() {
					m = "."
				}
				fmt.Printf("\t%s%s(%s) -> %s\n", m, o.ID(), strings.Join(args, ", "), checker.FormatCELType(o.ResultType()))
			}
		}
		for _, m := range set.NewExpressionsEnv().Macros() {
			fmt.Println("macro", m.MacroKey())
		}
		return
	}
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	s := bufio.NewScanner(os.Stdin)
	s.Buffer(nil, 1<<26)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for s.Scan() {
		var in input
		if err := json.Unmarshal(s.Bytes(), &in); err != nil {
			enc.Encode(map[string]any{"bad": err.Error()})
			continue
		}
		enc.Encode(map[string]any{"in": in, "out": run(in)})
	}
}

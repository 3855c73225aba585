// Command functions answers questions about the pure functions of Kubernetes
// v1.35.4 by calling the real implementation: a request {"fn": name, "in": ...}
// a line on standard input, an answer {"out": ...} or {"error": "..."} a line
// on standard output.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"k8s.io/klog/v2"
)

const usage = `usage: functions [serve | list | generate --fn X --seed N --count C | record --fn X --seed N --count C]`

func main() {
	silenceLogs()
	command := "serve"
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	if err := run(command, os.Args[min(2, len(os.Args)):]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(command string, args []string) error {
	switch command {
	case "serve":
		return serve(os.Stdin, os.Stdout)
	case "list":
		for _, n := range names() {
			d := fns[n]
			fmt.Printf("%s\t%s\t%s\t%s\n", n, d.doc, d.in, d.out)
		}
		return nil
	case "generate", "record":
		flags := flag.NewFlagSet(command, flag.ExitOnError)
		fn := flags.String("fn", "", "the function, as list names it")
		seed := flags.Uint64("seed", 1, "the same seed makes the same cases")
		count := flags.Int("count", 10, "number of cases")
		if err := flags.Parse(args); err != nil {
			return err
		}
		if command == "generate" {
			return generate(*fn, *seed, *count)
		}
		return record(*fn, *seed, *count)
	}
	return fmt.Errorf("unknown command %q\n%s", command, usage)
}

func silenceLogs() {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	_ = flags.Set("logtostderr", "false")
	_ = flags.Set("alsologtostderr", "false")
	_ = flags.Set("stderrthreshold", "FATAL")
	klog.SetOutput(io.Discard)
}

package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"datum": func() {
		list := append([]*formats.Format{slowFormat(), stubbornFormat(), lossyFormat(), brokenFormat()}, registry().All()...)
		all, err := formats.NewRegistry(list...)
		if err != nil {
			panic(err)
		}
		handOver(os.Args[1:])
		a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, registry: all}
		os.Exit(guarded(a, os.Args[1:]))
	}})
}

// TestScripts runs the command lines of testdata/script, one theme a file.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TESTDATA", root)
			env.Setenv("OPENVINO", runtimeFolder())
			return nil
		},
		Condition: func(condition string) (bool, error) {
			if condition != "openvino" {
				return false, fmt.Errorf("there is no condition %q", condition)
			}
			return runtimeFolder() != "", nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "appears": appears, "mode": mode, "signals": signals, "flip": flip, "colours": colours, "swatches": swatches,
			"classifier": classifier, "recurrent": recurrent, "clickmodel": clickmodel, "asks": asks, "asksgrpc": asksgrpc,
		},
	})
}

// exits CODE COMMAND… runs a command that must end with the exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if err != nil || neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// appears PATH waits for a file or folder to appear.
func appears(ts *testscript.TestScript, neg bool, args []string) {
	for range 1000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s does not appear", args[0])
}

// signals SIGNAL,… PATH CODE COMMAND… starts a command, sends it the signals
// when PATH is there, and checks how it ends: -1 is killed.
func signals(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[2])
	ts.Check(err)
	cmd := exec.Command(args[3], args[4:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Stderr = ts.Stderr()
	ts.Check(cmd.Start())
	appears(ts, false, args[1:2])
	for i, name := range strings.Split(args[0], ",") {
		if i > 0 {
			time.Sleep(500 * time.Millisecond)
		}
		sig := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL}[name]
		ts.Check(cmd.Process.Signal(sig))
	}
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// flip FILE OFFSET changes a bit of a file; a negative offset counts from the
// end.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	if at < 0 {
		at += len(data)
	}
	data[at] ^= 1
	ts.Check(os.WriteFile(path, data, 0o666))
}

// mode PERM FILE checks the permissions of a file.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}

// fake is a format whose datasets are folders with a file of the format's name.
func fake(name string, stream func(ctx context.Context) dataset.Items) *formats.Format {
	return &formats.Format{
		Name: name, Summary: "for tests",
		Probe: func(_ context.Context, f *files.Folder) formats.Verdict {
			if !f.Has(name) {
				return formats.Verdict{Unmet: []string{"a file called " + name}}
			}
			return formats.Verdict{Confidence: formats.Magic}
		},
		Import: func(context.Context, *files.Folder, formats.ImportOptions) (formats.Importer, error) {
			return fakeImporter{stream}, nil
		},
	}
}

type fakeImporter struct {
	stream func(context.Context) dataset.Items
}

func (fakeImporter) Info() *dataset.Info {
	return &dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "train", Items: 1000}}}
}
func (f fakeImporter) Items(ctx context.Context) dataset.Items { return f.stream(ctx) }
func (fakeImporter) Notes() formats.Loss                       { return formats.Loss{} }
func (fakeImporter) Close() error                              { return nil }

// slowFormat takes a minute to read.
func slowFormat() *formats.Format {
	return fake("slow", func(ctx context.Context) dataset.Items {
		return func(yield func(dataset.Item, error) bool) {
			for i := range 1000 {
				select {
				case <-ctx.Done():
					yield(dataset.Item{}, ctx.Err())
					return
				case <-time.After(60 * time.Millisecond):
				}
				if !yield(dataset.Item{ID: strconv.Itoa(i), Subset: "train"}, nil) {
					return
				}
			}
		}
	})
}

// stubbornFormat does not notice that it should stop.
func stubbornFormat() *formats.Format {
	return fake("stubborn", func(context.Context) dataset.Items {
		return func(func(dataset.Item, error) bool) { time.Sleep(time.Minute) }
	})
}

// brokenFormat has a bug.
func brokenFormat() *formats.Format {
	return fake("broken", func(context.Context) dataset.Items {
		return func(func(dataset.Item, error) bool) { panic("there is a bug in it") }
	})
}

// lossyFormat is written without holding anything.
func lossyFormat() *formats.Format {
	return &formats.Format{
		Name: "lossy", Summary: "for tests",
		Export: func(_ context.Context, path string, _ formats.ExportOptions) (formats.Exporter, error) {
			return &lossyExporter{path: path}, nil
		},
	}
}

type lossyExporter struct {
	path string
	loss formats.Loss
}

func (*lossyExporter) Begin(*dataset.Info) error { return nil }
func (e *lossyExporter) Write(it dataset.Item) error {
	e.loss.Add("items dropped", it.ID, 1)
	return os.WriteFile(filepath.Join(e.path, "file"), nil, 0o666)
}
func (e *lossyExporter) Close() (formats.Loss, error) { return e.loss, nil }
func (*lossyExporter) Abort()                         {}

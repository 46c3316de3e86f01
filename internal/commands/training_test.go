package commands

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"datum/internal/shapes"
)

// trainingBox is where trainings run as processes of their own.
type trainingBox struct{ datum, dir string }

// newTrainingBox makes a dataset of shapes, once plain and once encrypted.
func newTrainingBox(t *testing.T) *trainingBox {
	t.Helper()
	b := emptyBox(t)
	plain := shapes.Options{Images: []shapes.Subset{{Name: "train", Images: 24}, {Name: "val", Images: 4}}, Size: 40}
	if _, err := shapes.Write(filepath.Join(b.dir, "coco"), plain); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(b.dir, "small.yaml"), []byte(`architecture: detection-nano
input: {width: 32, height: 32}
batch: 2
schedule: {epochs: 4, warmup: 0.5}
optimizer: {kind: adam, rate: 0.002, clip: 10, average: 0.99}
augmentation: {flip: 0.5, scale: [0.8, 1.2], mosaic: 0.3, mix_up: 0.2, plain: 1}
`))
	b.run(t, 0, "key", "new", "key")
	b.run(t, 0, "encrypt", "coco", "enc", "-k", "key")
	return b
}

// emptyBox is a box with nothing in it, and the runtime at hand.
func emptyBox(t *testing.T) *trainingBox {
	t.Helper()
	t.Setenv("DATUM_OPENVINO", needsRuntime(t))
	b := &trainingBox{datum: filepath.Join(t.TempDir(), "datum"), dir: t.TempDir()}
	t.Setenv("XDG_CACHE_HOME", filepath.Join(b.dir, "cache"))
	if err := os.Symlink(os.Args[0], b.datum); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *trainingBox) command(args ...string) *exec.Cmd {
	cmd := exec.Command(b.datum, args...)
	cmd.Dir = b.dir
	return cmd
}

// run runs a command that ends with an exit code, and returns what it says.
func (b *trainingBox) run(t *testing.T, exit int, args ...string) string {
	t.Helper()
	cmd := b.command(args...)
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != exit {
		t.Fatalf("datum %s: exit code %d, want %d: %v\n%s", strings.Join(args, " "), got, exit, err, out)
	}
	return string(out)
}

func (b *trainingBox) training(from, out string, more ...string) []string {
	args := append([]string{"train", "./small.yaml", "--train-data-roots", from, "-o", out, "--threads", "1"}, more...)
	if from == "enc" {
		args = append(args, "-k", "key")
	}
	return args
}

func (b *trainingBox) read(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{b.dir}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// weightsOf are those of a sealed model, which is decrypted for that.
func (b *trainingBox) weightsOf(t *testing.T, run string) []byte {
	t.Helper()
	b.run(t, 0, "model", "decrypt", run+"/model.sealed", run+".xml", "-k", "key")
	return b.read(t, run+".bin")
}

// killed starts a training and kills it when there is a file.
func (b *trainingBox) killed(t *testing.T, file string, args []string) {
	t.Helper()
	b.signalled(t, syscall.SIGKILL, -1, file, func() {}, args)
}

// refused is what a command line ends with that asks for what cannot be.
type refused struct {
	exit int
	args []string
}

// refuses runs command lines, each of which says what to do instead.
func (b *trainingBox) refuses(t *testing.T, all map[string]refused) {
	t.Helper()
	for name, r := range all {
		if said := b.run(t, r.exit, r.args...); !strings.Contains(said, "hint") {
			t.Errorf("%s: there is no hint: %s", name, said)
		}
	}
}

// TestTrainingIsReproducible trains on the same data plain and encrypted, and once
// more with kill -9 in the middle of an epoch: the weights are the same to the last bit.
func TestTrainingIsReproducible(t *testing.T) {
	b := newTrainingBox(t)
	b.run(t, 0, b.training("coco", "plain")...)
	want := b.read(t, "plain", "model.bin")
	b.run(t, 0, b.training("enc", "whole")...)
	if !bytes.Equal(b.weightsOf(t, "whole"), want) {
		t.Error("training on encrypted data gives other weights")
	}

	b.killed(t, "killed/checkpoint.sealed", b.training("enc", "killed"))
	b.refuses(t, map[string]refused{
		"another seed":      {2, b.training("enc", "killed", "--resume", "--seed", "2")},
		"another rate":      {2, b.training("enc", "killed", "--resume", "--lr", "0.001")},
		"neither of both":   {11, b.training("enc", "killed")},
		"there is none yet": {2, b.training("enc", "nothing", "--resume")},
	})
	b.run(t, 0, b.training("enc", "killed", "--resume")...)
	if !bytes.Equal(b.weightsOf(t, "killed"), want) {
		t.Error("a training that was killed and went on gives other weights")
	}
}

// TestTrainingSkips leaves out a picture that is broken where that is wanted, and
// otherwise names it.
func TestTrainingSkips(t *testing.T) {
	b := newTrainingBox(t)
	writeFile(t, filepath.Join(b.dir, "coco/images/train/000003.jpg"), []byte("\xff\xd8\xff no picture"))
	more := []string{"--epochs", "1"}
	if said := b.run(t, 13, b.training("coco", "out", more...)...); !strings.Contains(said, "000003") {
		t.Errorf("it does not name the picture: %s", said)
	}
	said := b.run(t, 3, b.training("coco", "out", append(more, "--skip-errors", "--overwrite")...)...)
	if !strings.Contains(said, "trained in") {
		t.Errorf("%s", said)
	}
	b.read(t, "out", "model.bin")
}

// until waits for something.
func until(t *testing.T, what string, there func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !there(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come", what)
		}
	}
}

// underWay starts a training that would go on for hours, and ends it with a signal when
// there is a file. It returns what was said.
func (b *trainingBox) underWay(t *testing.T, signal syscall.Signal, exit int, pattern string, meanwhile func(), more ...string) string {
	t.Helper()
	return b.signalled(t, signal, exit, pattern, meanwhile, b.training("enc", "run", append(more, "--epochs", "5000")...))
}

// signalled starts a command, and ends it with a signal when there is a file. It returns
// what was said.
func (b *trainingBox) signalled(t *testing.T, signal syscall.Signal, exit int, pattern string, meanwhile func(), args []string) string {
	t.Helper()
	before, _ := filepath.Glob(filepath.Join(b.dir, pattern))
	cmd := b.command(args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, pattern, func() bool {
		now, _ := filepath.Glob(filepath.Join(b.dir, pattern))
		return len(now) > len(before)
	})
	meanwhile()
	cmd.Process.Signal(signal)
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != exit {
		t.Fatalf("exit code %d, want %d: %s", got, exit, said.String())
	}
	return said.String()
}

func says(t *testing.T, said string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(said, want) {
			t.Errorf("there is no %q in: %s", want, said)
		}
	}
}

// TestTrainingInterrupted looks at what is there after Ctrl-C and after kill -9, before
// the first epoch is whole and later, and what is said about it.
func TestTrainingInterrupted(t *testing.T) {
	b := newTrainingBox(t)
	const events = "run/events.out.tfevents.*"
	says(t, b.underWay(t, syscall.SIGINT, 130, events, func() {}), "interrupted, the output is as it was before")
	if _, err := os.Stat(filepath.Join(b.dir, "run")); !os.IsNotExist(err) {
		t.Errorf("it leaves a folder: %v", err)
	}

	b.underWay(t, syscall.SIGKILL, -1, events, func() {})
	said := b.underWay(t, syscall.SIGINT, 130, "run/curves.html", func() {
		for _, again := range []string{"--resume", "--overwrite"} {
			says(t, b.run(t, 11, b.training("enc", "run", again, "--epochs", "5000")...), "another training is writing into it", "hint")
		}
	}, "--resume")
	says(t, said, "was killed in its first epoch; it begins anew", "interrupted, run holds the best model and a checkpoint after the last whole epoch", "--resume goes on")

	checkpoint := b.read(t, "run", "checkpoint.sealed")
	says(t, b.underWay(t, syscall.SIGTERM, 130, events, func() {}, "--overwrite"), "interrupted, the output is as it was before")
	if !bytes.Equal(b.read(t, "run", "checkpoint.sealed"), checkpoint) {
		t.Error("an older training is gone, and there is none in its place")
	}
	curves := b.read(t, "run", "curves.html")
	says(t, string(curves), " of 5000")
	says(t, b.underWay(t, syscall.SIGINT, 130, events, func() {
		until(t, "another page", func() bool { return !bytes.Equal(b.read(t, "run", "curves.html"), curves) })
	}, "--resume"), "it goes on after epoch", "checkpoint after the last whole epoch")
}

func TestAboutMixed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		can, native bool
		says        string
	}{
		{false, false, "computed in f32"}, {false, true, "computed in f32"}, {true, false, "faster"}, {true, true, ""},
	} {
		if got := aboutMixed(c.can, c.native); !strings.Contains(got, c.says) || (got == "") != (c.says == "") {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

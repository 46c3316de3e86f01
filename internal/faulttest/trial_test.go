package faulttest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/formats/formatstest"
)

// A trial is one folder in which a scenario runs.
type trial struct {
	*testing.T
	scenario
	dir  string
	what string // the fault, for messages
}

// newTrial makes a folder with the old state in it.
func newTrial(t *testing.T, s scenario) *trial {
	t.Helper()
	fixtures.once.Do(func() { fixtures.err = makeFixtures() })
	if fixtures.err != nil {
		t.Fatal(fixtures.err)
	}
	tr := &trial{T: t, scenario: s, dir: t.TempDir()}
	tr.reset()
	return tr
}

// reset brings the old state back.
func (t *trial) reset() {
	t.Helper()
	must(t.T, os.RemoveAll(t.dir))
	must(t.T, os.MkdirAll(t.path("tmp"), 0o777))
	if t.old == "" {
		return
	}
	st, err := os.Stat(fixture(t.old))
	must(t.T, err)
	if st.IsDir() {
		must(t.T, os.CopyFS(t.path(t.target), os.DirFS(fixture(t.old))))
		return
	}
	t.copyFile(t.old, t.target)
	if t.beside != "" {
		t.copyFile(strings.TrimSuffix(t.old, ".xml")+".bin", t.beside)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// path returns a path of the trial's folder.
func (t *trial) path(name string) string { return filepath.Join(t.dir, filepath.FromSlash(name)) }

func expand(args string) []string {
	var out []string
	for _, a := range strings.Fields(args) {
		if len(a) > 2 && a[0] == '{' {
			a = fixture(a[1 : len(a)-1])
		}
		out = append(out, a)
	}
	return out
}

// command returns the command of the scenario, under the words of before.
func (t *trial) command(before ...string) *exec.Cmd {
	words := append(append(before, program), expand(t.args)...)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = t.dir
	cmd.Env = append(os.Environ(), "TMPDIR="+t.path("tmp"))
	return cmd
}

// run runs a command and returns its exit code, -1 where a signal ended it, and
// what it said.
func (t *trial) run(cmd *exec.Cmd) (code int, said string) {
	t.Helper()
	var b bytes.Buffer
	cmd.Stderr = &b
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", t.what, err)
	}
	return cmd.ProcessState.ExitCode(), b.String()
}

// keyFile is where the key of the result is.
func (t *trial) keyFile() string {
	switch {
	case t.key == "":
		return ""
	case t.key[0] == '{':
		return expand(t.key)[0]
	}
	return t.path(t.key)
}

// state says what the target is: "old", "new", or what is wrong.
func (t *trial) state() string {
	switch {
	case t.model:
		return t.modelState()
	case t.log:
		return t.logState()
	}
	if _, err := os.Lstat(t.path(t.target)); errors.Is(err, fs.ErrNotExist) {
		if t.old == "" {
			return "old"
		}
		return "gone"
	}
	items, err := itemsOf(t.path(t.target), t.keyFile())
	if err != nil {
		return "damaged: " + err.Error()
	}
	if t.old != "" && len(formatstest.CompareAll(fixtures.items["other"], items, formatstest.Compare)) == 0 {
		return "old"
	}
	if diff := formatstest.CompareAll(fixtures.items["coco"], items, formatstest.Compare); len(diff) > 0 {
		return fmt.Sprintf("neither, %d items differ: %.300s", len(diff), diff[0])
	}
	return "new"
}

// oldOrNew requires that the target is in one of its two states.
func (t *trial) oldOrNew() string {
	t.Helper()
	s := t.state()
	if s != "old" && s != "new" {
		t.Errorf("%s: the target is %s", t.what, s)
	}
	return s
}

// left lists what is there besides the target and its key.
func (t *trial) left() (list []string) {
	t.Helper()
	must(t.T, filepath.WalkDir(t.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(t.dir, path)
		switch {
		case rel == filepath.FromSlash(t.target):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case rel == "." || rel == "tmp" || rel == t.key || rel == t.beside || strings.HasPrefix(filepath.FromSlash(t.target), rel+string(filepath.Separator)):
			return nil
		}
		list = append(list, rel)
		return nil
	}))
	return list
}

// nothingLeft requires that nothing lies beside the target.
func (t *trial) nothingLeft() {
	t.Helper()
	if list := t.left(); len(list) > 0 {
		t.Errorf("%s: left behind: %v", t.what, list[:min(len(list), 5)])
	}
}

// nothingInPlain requires that no file in the folder of the trial has anything
// of the input in it, where the output is encrypted.
func (t *trial) nothingInPlain() {
	t.Helper()
	if !t.sealed {
		return
	}
	must(t.T, filepath.WalkDir(t.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(fixtures.secrets, func(s []byte) bool { return bytes.Contains(b, s) }) {
			t.Errorf("%s: %s has something of the input in plain", t.what, path)
		}
		return nil
	}))
}

// again runs the command without a fault: it must do its work and leave nothing
// beside it.
func (t *trial) again(state string) {
	t.Helper()
	code, said := t.run(t.command())
	if t.old == "" && state == "new" { // it exists, and is not to be overwritten
		if code != 11 {
			t.Errorf("%s: again: exit code %d\n%s", t.what, code, said)
		}
		t.nothingLeft()
		return
	}
	if code != 0 {
		t.Errorf("%s: again: exit code %d\n%s", t.what, code, said)
	}
	if s := t.state(); s != "new" {
		t.Errorf("%s: again: the target is %s", t.what, s)
	}
	t.nothingLeft()
}

// plainWords requires that an error is told as people read it.
func (t *trial) plainWords(code int, said string) {
	t.Helper()
	if code == 0 {
		return
	}
	if !strings.Contains(said, "datum: error: ") || strings.Contains(said, "goroutine ") || code == 70 || code < 0 {
		t.Errorf("%s: exit code %d\n%s", t.what, code, said)
	}
}

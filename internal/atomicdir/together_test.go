package atomicdir

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// pair makes the old files of a pair, those of which names has the letter, and
// stages the new ones.
func pair(t *testing.T, names string) (parent string, d *Dir) {
	t.Helper()
	parent = t.TempDir()
	for _, name := range names {
		write(t, filepath.Join(parent, string(name)), "old")
	}
	d, err := StageFiles(filepath.Join(parent, "a"), filepath.Join(parent, "b"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		write(t, d.FilePath(i), "new")
	}
	return parent, d
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// contents says what each file of a pair is, and what else is there.
func contents(t *testing.T, parent string) string {
	t.Helper()
	list, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, e := range list {
		b, _ := os.ReadFile(filepath.Join(parent, e.Name()))
		said = append(said, e.Name()+" "+string(b))
	}
	return strings.Join(said, ", ")
}

// pairs are which old files there may be, and what is seen of them.
var pairs = map[string]string{"": "", "a": "a old", "b": "b old", "ab": "a old, b old"}

const newPair = "a new, b new"

func allowed() error { return nil }

func TestFilesTogether(t *testing.T) {
	for names := range pairs {
		parent, d := pair(t, names)
		if err := d.CommitFiles(t.Context(), allowed); err != nil {
			t.Errorf("%s: %v", names, err)
		}
		if got := contents(t, parent); got != newPair {
			t.Errorf("%s: there is %s", names, got)
		}
	}
}

// failing makes the nth call of a Dir do something, and those after it as well
// where it is to go on so.
func failing(d *Dir, n int, goesOn bool, fault func() error) (calls *int) {
	calls = new(int)
	var mu sync.Mutex // several files are flushed at once
	check := func() error {
		mu.Lock()
		*calls++
		fails := *calls == n || goesOn && *calls > n
		mu.Unlock()
		if fails {
			return fault()
		}
		return nil
	}
	d.ops.rename = func(a, b string) error {
		if err := check(); err != nil {
			return err
		}
		return os.Rename(a, b)
	}
	d.ops.sync = func(p string) error {
		if err := check(); err != nil {
			return err
		}
		return SyncPath(p)
	}
	return calls
}

// TestFilesTogetherFail makes each call fail: alone, so that all is put back at
// once, and with all that follow, so that the next process does it.
func TestFilesTogetherFail(t *testing.T) {
	for names, old := range pairs {
		for _, goesOn := range []bool{false, true} {
			for n := 1; ; n++ {
				parent, d := pair(t, names)
				calls := failing(d, n, goesOn, func() error { return errors.New("broken") })
				err := d.CommitFiles(t.Context(), allowed)
				if *calls < n {
					break
				}
				if err == nil {
					t.Errorf("%q, call %d: no error", names, n)
				}
				if goesOn {
					again(t, parent)
				}
				if got := contents(t, parent); got != old && !(got == newPair && d.Placed()) {
					t.Errorf("%q, call %d, %v: there is %s", names, n, err, got)
				}
			}
		}
	}
}

// again stages the pair anew and gives it up.
func again(t *testing.T, parent string) {
	t.Helper()
	d, err := StageFiles(filepath.Join(parent, "a"), filepath.Join(parent, "b"))
	if err != nil {
		t.Fatal(err)
	}
	d.Abort()
}

// TestFilesTogetherKilled ends the process at each call: there is never one old
// file and one new one, and the next process finds the old pair or the new one.
func TestFilesTogetherKilled(t *testing.T) {
	for names, old := range pairs {
		for n := 1; ; n++ {
			parent, d := pair(t, names)
			if !killedAt(d, n, func() { d.CommitFiles(t.Context(), allowed) }) {
				break
			}
			got := contents(t, parent)
			if strings.Contains(got, "a old") && strings.Contains(got, "b new") || strings.Contains(got, "a new") && strings.Contains(got, "b old") {
				t.Errorf("%q, call %d: there is %s", names, n, got)
			}
			again(t, parent)
			if got := contents(t, parent); got != old && got != newPair {
				t.Errorf("%q, call %d: there is %s afterwards", names, n, got)
			}
		}
	}
}

// killedAt reports whether do came to the nth call, where it ends.
func killedAt(d *Dir, n int, do func()) (killed bool) {
	type kill struct{}
	defer func() {
		if p := recover(); p == (kill{}) {
			killed = true
			d.lock.Close()
		} else if p != nil {
			panic(p)
		}
	}()
	// Flushing before the commit happens on other goroutines, where nothing
	// can be caught and nothing has been done yet.
	begun := false
	failing(d, n, false, func() error { panic(kill{}) })
	rename, sync := d.ops.rename, d.ops.sync
	d.ops.rename = func(a, b string) error { begun = true; return rename(a, b) }
	d.ops.sync = func(p string) error {
		if !begun {
			return SyncPath(p)
		}
		return sync(p)
	}
	do()
	return false
}

// What somebody put in the place of files that a killed process had moved aside
// is not replaced by these.
func TestFilesTogetherMeetAnother(t *testing.T) {
	parent, d := pair(t, "ab")
	if !killedAt(d, 3, func() { d.CommitFiles(t.Context(), allowed) }) {
		t.Fatal("it was not killed")
	}
	write(t, filepath.Join(parent, "a"), "mine")
	_, err := StageFiles(filepath.Join(parent, "a"), filepath.Join(parent, "b"))
	if !errors.Is(err, ErrExists) {
		t.Errorf("it ends with %v", err)
	}
	if b, err := os.ReadFile(filepath.Join(parent, "a")); err != nil || string(b) != "mine" {
		t.Errorf("a is %q, %v", b, err)
	}
	if err := os.Remove(filepath.Join(parent, "a")); err != nil {
		t.Fatal(err)
	}
	again(t, parent)
	if got := contents(t, parent); got != pairs["ab"] {
		t.Errorf("there is %s", got)
	}
}

package resume

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/crypto/fernet"
)

// bench is the surroundings of one target: what a run fills and what is kept.
type bench struct {
	*testing.T
	dir string
}

func newBench(t *testing.T) bench { return bench{t, t.TempDir()} }

func (b bench) left() string { return filepath.Join(b.dir, "left") }
func (b bench) kept() string { return filepath.Join(b.dir, "kept") }

// open begins a run.
func (b bench) open(conversion string, c *fernet.Cipher) *Journal {
	b.Helper()
	j, err := Open(b.left(), b.kept(), conversion, c)
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(os.RemoveAll(b.left()), os.Mkdir(b.left(), 0o777)); err != nil {
		b.Fatal(err)
	}
	j.Into(b.left(), func([]string) error { return nil })
	return j
}

// finish makes a file and notes it.
func (b bench) finish(j *Journal, path, content string) {
	b.Helper()
	name := filepath.Join(b.left(), path)
	err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(content), 0o666), j.Done(path, "stamp", []byte("note "+path)))
	if err != nil {
		b.Fatal(err)
	}
}

// proofs counts how often a proof was asked for.
type proofs struct {
	n    int
	says bool
}

func (p *proofs) proof(file io.Reader, note []byte) (bool, error) {
	p.n++
	_, err := io.ReadAll(file)
	return p.says, err
}

// take requires what becomes of a path.
func (b bench) take(j *Journal, path, stamp string, p *proofs, want bool) {
	b.Helper()
	note, taken, err := j.Take(path, stamp, p.proof)
	if err != nil || taken != want || taken && string(note) != "note "+path {
		b.Errorf("%s: taken %t, %q, %v", path, taken, note, err)
	}
	if _, err := os.Stat(filepath.Join(b.left(), path)); taken != (err == nil) {
		b.Errorf("%s: taken %t, and in its place: %v", path, taken, err)
	}
}

func ciphers() map[string]*fernet.Cipher {
	return map[string]*fernet.Cipher{"plain": nil, "encrypted": fernet.New(&[32]byte{1})}
}

// TestGoingOn interrupts runs in both ways: orderly, after which all is certain,
// and killed, after which it has to be proven.
func TestGoingOn(t *testing.T) {
	for name, c := range ciphers() {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			j := b.open("x", c)
			b.finish(j, "a/1", "one")
			b.finish(j, "a/2", "two")
			if err := j.Keep(); err != nil {
				t.Fatal(err)
			}

			j = b.open("x", c)
			p := &proofs{}
			b.take(j, "a/1", "stamp", p, true)
			b.take(j, "a/2", "changed", p, false)
			b.take(j, "a/3", "stamp", p, false)
			b.finish(j, "a/2", "another two")
			b.finish(j, "a/3", "three")
			if p.n > 0 || j.Taken() != 1 || j.Finished() != 3 {
				t.Errorf("%d proofs, %d taken, %d finished", p.n, j.Taken(), j.Finished())
			}
			j.file.Close() // killed

			j = b.open("x", c)
			b.take(j, "a/1", "stamp", p, true) // certain since the first run
			b.take(j, "a/2", "stamp", p, false)
			p.says = true
			b.take(j, "a/3", "stamp", p, true)
			if p.n != 2 {
				t.Errorf("%d proofs", p.n)
			}
			if err := errors.Join(j.Close(), os.RemoveAll(b.kept())); err != nil { // done
				t.Fatal(err)
			}
			j = b.open("x", c)
			b.take(j, "a/1", "stamp", p, false)
			if j.Anew != "" {
				t.Errorf("nothing is left, and it says %q", j.Anew)
			}
			j.Close()
		})
	}
}

// TestWhatIsNotTakenOver changes what a run has left.
func TestWhatIsNotTakenOver(t *testing.T) {
	c := fernet.New(&[32]byte{1})
	for name, change := range map[string]func(b bench) (conversion string, c *fernet.Cipher){
		"another conversion": func(bench) (string, *fernet.Cipher) { return "y", c },
		"another key":        func(bench) (string, *fernet.Cipher) { return "x", fernet.New(&[32]byte{2}) },
		"no journal": func(b bench) (string, *fernet.Cipher) {
			os.Remove(filepath.Join(b.kept(), journalName))
			return "x", c
		},
		"a file of another size": func(b bench) (string, *fernet.Cipher) {
			os.WriteFile(filepath.Join(b.left(), "1"), []byte("longer"), 0o666)
			return "x", c
		},
		"a file of the same size": func(b bench) (string, *fernet.Cipher) {
			os.WriteFile(filepath.Join(b.left(), "1"), []byte("eno"), 0o666)
			return "x", c
		},
		"a new file of the same time": func(b bench) (string, *fernet.Cipher) {
			name := filepath.Join(b.left(), "1")
			st, _ := os.Stat(name)
			os.WriteFile(name+".new", []byte("eno"), 0o666)
			os.Chtimes(name+".new", st.ModTime(), st.ModTime())
			os.Rename(name+".new", name)
			return "x", c
		},
		"a link": func(b bench) (string, *fernet.Cipher) {
			os.Rename(filepath.Join(b.left(), "1"), filepath.Join(b.dir, "1"))
			os.Symlink(filepath.Join(b.dir, "1"), filepath.Join(b.left(), "1"))
			return "x", c
		},
		"no file": func(b bench) (string, *fernet.Cipher) {
			os.Remove(filepath.Join(b.left(), "1"))
			return "x", c
		},
	} {
		b := newBench(t)
		j := b.open("x", c)
		b.finish(j, "1", "one")
		if err := j.Keep(); err != nil {
			t.Fatal(err)
		}
		conversion, cipher := change(b)
		j = b.open(conversion, cipher)
		if note, taken, err := j.Take("1", "stamp", (&proofs{says: true}).proof); taken || err != nil {
			t.Errorf("%s: %q, %v", name, note, err)
		}
		if told := j.Anew != ""; told != strings.HasPrefix(name, "another") {
			t.Errorf("%s: it says %q", name, j.Anew)
		}
		j.Keep()
	}
}

// TestDamagedJournals cuts the journal at each byte, and changes each: what was
// finished is taken over or made again, and nothing else happens.
func TestDamagedJournals(t *testing.T) {
	for name, c := range ciphers() {
		b := newBench(t)
		j := b.open("x", c)
		b.finish(j, "1", "one")
		b.finish(j, "2", "two")
		if err := j.Keep(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(b.kept(), journalName)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read := func(content []byte) {
			if err := os.WriteFile(path, content, 0o666); err != nil {
				t.Fatal(err)
			}
			j := &Journal{kept: b.kept(), cipher: c, lines: map[uint64]place{}}
			if err := j.load("x"); err != nil {
				return
			}
			defer j.file.Close()
			if j.certain > j.n || j.n > 4 {
				t.Errorf("%s: %d lines, %d certain", name, j.n, j.certain)
			}
			for _, p := range j.lines {
				if d, err := j.line(p.at); err != nil || c != nil && (d == nil || d.Path != "1" && d.Path != "2") {
					t.Errorf("%s: %+v, %v", name, d, err)
				}
			}
		}
		for i := range whole {
			read(whole[:i])
			damaged := bytes.Clone(whole)
			damaged[i] ^= 1
			read(damaged)
		}
		// Lines of an encrypted journal can be neither swapped nor doubled.
		lines := bytes.SplitAfter(whole, []byte("\n"))
		for _, order := range [][]int{{0, 2, 1, 3}, {0, 1, 1, 2, 3}, {1, 2, 3}, {0, 3}} {
			var mixed []byte
			for _, i := range order {
				mixed = append(mixed, lines[i]...)
			}
			read(mixed)
		}
	}
}

// TestFlushing makes lines certain that were written before a flush began, and
// none that came meanwhile.
func TestFlushing(t *testing.T) {
	b := newBench(t)
	j := b.open("x", nil)
	var flushed []string
	j.Into(b.left(), func(paths []string) error {
		flushed = append(flushed, paths...)
		if len(flushed) == 1 {
			b.finish(j, "meanwhile", "!") // by another goroutine
		}
		return nil
	})
	j.flushed = j.flushed.Add(-flushInterval)
	b.finish(j, "1", "one")
	j.file.Close() // killed
	if fmt.Sprint(flushed) != fmt.Sprint([]string{filepath.Join(b.left(), "1")}) {
		t.Errorf("flushed: %v", flushed)
	}
	j = b.open("x", nil)
	p := &proofs{}
	b.take(j, "1", "stamp", p, true)
	b.take(j, "meanwhile", "stamp", p, false)
	if p.n != 1 {
		t.Errorf("%d proofs", p.n)
	}
	j.Keep()
}

// TestFailingFlush leaves nothing certain.
func TestFailingFlush(t *testing.T) {
	b := newBench(t)
	j := b.open("x", nil)
	broken := errors.New("broken")
	j.Into(b.left(), func([]string) error { return broken })
	b.finish(j, "1", "one")
	if err := j.Keep(); !errors.Is(err, broken) {
		t.Error(err)
	}
	j = b.open("x", nil)
	p := &proofs{says: true}
	b.take(j, "1", "stamp", p, true)
	if p.n != 1 {
		t.Errorf("%d proofs of what was never flushed", p.n)
	}
}

// TestNothingIsForgotten interrupts a second run before it has come to what the
// first one finished.
func TestNothingIsForgotten(t *testing.T) {
	b := newBench(t)
	j := b.open("x", nil)
	b.finish(j, "1", "one")
	b.finish(j, "2", "two")
	j.Keep()
	j = b.open("x", nil)
	if n := j.Finished(); n != 2 {
		t.Errorf("%d files are finished before anything is done", n)
	}
	b.take(j, "1", "stamp", &proofs{}, true)
	b.finish(j, "2", "two again")
	b.finish(j, "3", "three")
	if n := j.Finished(); n != 3 {
		t.Errorf("%d files are finished", n)
	}
	j.Keep()
}

// TestLeavingPaths refuses paths that a journal in plain may have been given.
func TestLeavingPaths(t *testing.T) {
	b := newBench(t)
	j := b.open("x", nil)
	b.finish(j, "1", "one")
	if err := j.append(record{Done: &done{Path: "../1"}}); err != nil {
		t.Fatal(err)
	}
	j.Keep()
	j = b.open("x", nil)
	if _, taken, err := j.Take("../1", "", (&proofs{says: true}).proof); taken || err != nil {
		t.Errorf("%t, %v", taken, err)
	}
}

func FuzzJournal(f *testing.F) {
	f.Add([]byte(`{"id":"A","n":0,"begin":{"version":1,"conversion":"x"}}` + "\n" + `{"id":"A","n":1,"done":{"path":"1","size":3,"time":4}}` + "\n" + `{"id":"A","n":2,"flushed":2}` + "\n"))
	f.Add([]byte("{}\n\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, journalName), content, 0o666); err != nil {
			t.Fatal(err)
		}
		j := &Journal{kept: dir, lines: map[uint64]place{}}
		if j.load("x") != nil {
			return
		}
		defer j.file.Close()
		if j.certain > j.n || j.size > int64(len(content)) {
			t.Errorf("%d of %d certain, %d bytes", j.certain, j.n, j.size)
		}
		for _, p := range j.lines {
			if _, err := j.line(p.at); err != nil {
				t.Error(err)
			}
		}
	})
}

package faulttest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"datum/crypto/fernet"
	"datum/crypto/key"
	"datum/formats/formatstest"
	"datum/internal/cocogen"
)

var manyOnce sync.Once

// resumable are scenarios on a dataset that takes longer.
var resumable = []scenario{
	{name: "encrypt", args: "encrypt {many} out --key-out new.key --resume", target: "out", key: "new.key", sealed: true},
	{name: "overwrite", args: "convert {many} out -f datumaro_binary --save-media --encryption --overwrite --resume", target: "out", old: "other-sealed", key: "out/secret_key.txt", sealed: true},
	{name: "copy", args: "convert {many} out -f coco --save-media --resume", target: "out"},
	{name: "decrypt", args: "decrypt {many-sealed} out -f voc -k {key} --resume", target: "out"},
}

// makeMany makes the dataset "many", and what else they need.
func makeMany(t *testing.T) {
	t.Helper()
	newTrial(t, scenarios[0]) // makes the other fixtures
	manyOnce.Do(func() {
		must(t, cocogen.Write(fixture("many"), cocogen.Options{Images: 150, Seed: 9, Width: 64, Height: 64}))
		must(t, runProgram("encrypt", fixture("many"), fixture("many-sealed"), "-k", fixture("key")))
	})
}

// TestResumed kills a run again and again, until one goes through: media that
// were finished are not made twice, and the result is that of a run that nobody
// disturbs.
func TestResumed(t *testing.T) {
	makeMany(t)
	for _, s := range resumable {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tr := newTrial(t, s)
			begun := time.Now()
			if code, said := tr.run(tr.command()); code != 0 {
				t.Fatalf("exit code %d\n%s", code, said)
			}
			usual := time.Since(begun)
			want, err := itemsOf(tr.path("out"), tr.keyFile())
			must(t, err)
			rounds := 2
			if thorough {
				rounds = 40
			}
			for range rounds {
				tr.reset()
				tr.resumes(usual)
				got, err := itemsOf(tr.path("out"), tr.keyFile())
				must(t, err)
				if diff := formatstest.CompareAll(want, got, formatstest.Compare); len(diff) > 0 {
					t.Errorf("%d differences, such as %.300s", len(diff), diff[0])
				}
				tr.nothingLeft()
			}
		})
	}
}

// resumes kills runs until one ends, each a little later than the one before.
func (t *trial) resumes(usual time.Duration) {
	t.Helper()
	finished := map[string]uint64{} // media by path, and which file it is
	for kills := 1; ; kills++ {
		wait := time.Duration(rand.Int64N(int64(usual))) * time.Duration(10+kills) / 10
		t.what = fmt.Sprintf("kill %d, after %s", kills, wait)
		cmd := t.command()
		cmd.Args = append(cmd.Args, "--json")
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		must(t.T, cmd.Start())
		timer := time.AfterFunc(wait, func() { cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		if err == nil {
			t.oneFileEach(finished, out.String())
			return
		}
		code := cmd.ProcessState.ExitCode()
		if code == 11 && t.old == "" {
			return // the one before was killed when the folder had its name
		}
		if t.old != "" && t.newThere() {
			return // so was this
		}
		if code != -1 {
			t.Fatalf("%s: exit code %d", t.what, code)
		}
		tried.Add(1)
		t.nothingInPlain()
		if kills > 200 {
			t.Fatal("it makes no progress")
		}
		t.addFinished(finished)
	}
}

// newThere reports whether the target is the new dataset already, and clears away
// what is left.
func (t *trial) newThere() bool {
	t.Helper()
	items, err := itemsOf(t.path(t.target), t.keyFile())
	if err != nil || len(formatstest.CompareAll(fixtures.items[strings.TrimSuffix(t.old, "-sealed")], items, formatstest.Compare)) == 0 {
		return false
	}
	code, said := t.run(t.command())
	if code != 0 {
		t.Errorf("%s: again: exit code %d\n%s", t.what, code, said)
	}
	return true
}

// oneFileEach requires that what was finished before is in the result, as the
// same file.
func (t *trial) oneFileEach(finished map[string]uint64, result string) {
	t.Helper()
	for path, inode := range finished {
		if got := inodeOf(t.path("out/" + path)); got != inode {
			t.Errorf("%s: %s was made twice", t.what, path)
		}
	}
	var r struct {
		Resumed int `json:"resumed_media"`
	}
	at := strings.Index(result, `{"type":"conversion"`)
	must(t.T, json.NewDecoder(strings.NewReader(result[max(at, 0):])).Decode(&r))
	if r.Resumed < len(finished) {
		t.Errorf("%s: %d media taken over, and %d were finished\n%s", t.what, r.Resumed, len(finished), result)
	}
}

func inodeOf(path string) uint64 {
	st, err := os.Lstat(path)
	if err != nil {
		return 0
	}
	return st.Sys().(*syscall.Stat_t).Ino
}

// addFinished reads the journal of a killed run.
func (t *trial) addFinished(finished map[string]uint64) {
	t.Helper()
	f, err := os.Open(t.path(".out.resume/journal"))
	if err != nil {
		return
	}
	defer f.Close()
	c := t.journalCipher()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Bytes()
		if c != nil {
			if line, err = c.AppendDecrypt(nil, line); err != nil {
				return // cut off
			}
		}
		var r struct {
			Done *struct{ Path string }
		}
		if json.Unmarshal(line, &r) != nil || r.Done == nil {
			continue
		}
		for _, dir := range []string{".out.partial", ".out.resume/media"} {
			if inode := inodeOf(t.path(filepath.Join(dir, r.Done.Path))); inode > 0 {
				finished[r.Done.Path] = inode
				break
			}
		}
	}
}

// journalCipher opens the lines of the journal, where they are tokens.
func (t *trial) journalCipher() *fernet.Cipher {
	if !t.sealed {
		return nil
	}
	for _, name := range []string{".out.resume/secret_key.txt", "out/secret_key.txt"} {
		if k, err := key.ReadFile(t.path(name)); err == nil {
			defer k.Destroy()
			return k.Cipher()
		}
	}
	return nil
}

// TestResumedAfterEachCall kills the first run before the nth call that changes
// a file, and lets the second one go on.
func TestResumedAfterEachCall(t *testing.T) {
	needStrace(t)
	for _, s := range scenarios[:3] {
		s.args += " --resume"
		for _, call := range []string{"write", "pwrite64", "copy_file_range", "fsync", "renameat", "renameat2", "mkdirat", "unlinkat"} {
			t.Run(s.name+"/"+call, func(t *testing.T) {
				t.Parallel()
				tr := newTrial(t, s)
				first, step := every(t, 5)
				for n := first; ; n += step {
					tr.what = fmt.Sprintf("killed at %s %d", call, n)
					if !tr.killed(tr.inject(call, "signal=KILL", n).Run) {
						break
					}
				}
			})
		}
	}
}

// TestResumedInput takes nothing over of an input that has changed, and says so.
func TestResumedInput(t *testing.T) {
	needStrace(t)
	tr := newTrial(t, scenario{name: "copy", args: "convert in out -f coco --save-media --resume", target: "out"})
	must(t, os.CopyFS(tr.path("in"), os.DirFS(fixture("coco"))))
	if code, _ := tr.run(tr.inject("renameat", "signal=KILL", 1)); code == 0 { // when all media are there
		t.Fatal("it was not killed")
	}
	must(t, os.Chtimes(tr.path("in/images"), time.Time{}, time.Now()))
	pictures, err := filepath.Glob(tr.path("in/images/train/*"))
	must(t, err)
	must(t, os.Chtimes(pictures[0], time.Time{}, time.Unix(1, 0))) // older than before
	code, said := tr.run(tr.command())
	if code != 0 || !strings.Contains(said, "not taken over: the input, the options or the key have changed") {
		t.Errorf("exit code %d\n%s", code, said)
	}
}

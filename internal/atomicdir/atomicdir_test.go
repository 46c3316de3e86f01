package atomicdir

import (
	"errors"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

func fill(t *testing.T, dir, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sub", content), []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// tree lists the files below dir.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	filepath.Walk(dir, func(p string, i os.FileInfo, err error) error {
		if err == nil && !i.IsDir() {
			names = append(names, strings.TrimPrefix(p, dir+"/"))
		}
		return nil
	})
	sort.Strings(names)
	return strings.Join(names, " ")
}

func TestCommitAndAbort(t *testing.T) {
	parent := t.TempDir()
	target := filepath.Join(parent, "a/b/out")
	d, err := Stage(target, false)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, d.Path(), "new")
	if _, err := os.Stat(target); err == nil {
		t.Error("the target is there before Commit")
	}
	if err := d.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.Abort()
	if got := tree(t, parent); got != "a/b/out/sub/new" {
		t.Errorf("after Commit: %s", got)
	}
	d, err = Stage(filepath.Join(parent, "other"), false)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, d.Path(), "x")
	d.Abort()
	if got := tree(t, parent); got != "a/b/out/sub/new" {
		t.Errorf("after Abort: %s", got)
	}
}

func TestExistingTarget(t *testing.T) {
	parent := t.TempDir()
	target := filepath.Join(parent, "out")
	fill(t, target, "old")
	if _, err := Stage(target, false); !errors.Is(err, ErrExists) {
		t.Errorf("%v", err)
	}
	d, err := Stage(target, true)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, d.Path(), "new")
	if err := d.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, parent); got != "out/sub/new" {
		t.Errorf("files of the old folder are mixed in: %s", got)
	}
	file := filepath.Join(parent, "file")
	os.WriteFile(file, nil, 0o666)
	if _, err := Stage(file, true); !errors.Is(err, ErrExists) {
		t.Errorf("a file as target: %v", err)
	}
	if err := os.Mkdir(filepath.Join(parent, "empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	if d, err = Stage(filepath.Join(parent, "empty"), false); err != nil {
		t.Fatalf("an empty folder as target: %v", err)
	}
	if err := d.Commit(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTwoWriters(t *testing.T) {
	target := filepath.Join(t.TempDir(), "out")
	d, err := Stage(target, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Stage(target, false); !errors.Is(err, ErrLocked) {
		t.Errorf("the second writer: %v", err)
	}
	d.Abort()
	d, err = Stage(target, false)
	if err != nil {
		t.Errorf("after the first gave up: %v", err)
	}
	d.Abort()
}

// TestRecovery leaves what a killed process would leave.
func TestRecovery(t *testing.T) {
	parent := t.TempDir()
	target := filepath.Join(parent, "out")
	fill(t, filepath.Join(parent, ".out.partial"), "debris")
	fill(t, filepath.Join(parent, ".out.old"), "old") // killed between two renames
	os.WriteFile(filepath.Join(parent, ".out.partial.lock"), nil, 0o666)
	if _, err := Stage(target, false); !errors.Is(err, ErrExists) {
		t.Fatalf("the old folder is back, so it exists: %v", err)
	}
	d, err := Stage(target, true)
	if err != nil {
		t.Fatal(err)
	}
	d.Abort()
	if got := tree(t, parent); got != "out/sub/old" {
		t.Errorf("after recovery: %s", got)
	}
}

// TestEveryFailingCall makes the nth call fail, for every n, with and without a
// system that exchanges two folders: afterwards the target is either old or new,
// and nothing else is left.
func TestEveryFailingCall(t *testing.T) {
	for _, exchange := range []func(a, b string) error{exchange, cannotExchange} {
		for n := 0; ; n++ {
			failed, got := failingCommit(t, n, exchange)
			if !failed {
				if got != "out/sub/new" || n < 5 {
					t.Errorf("no call failed: %d calls, %s", n, got)
				}
				break
			}
		}
	}
}

func cannotExchange(string, string) error { return syscall.EINVAL }

// failingCommit makes the nth call of a commit fail.
func failingCommit(t *testing.T, n int, exchange func(a, b string) error) (failed bool, got string) {
	t.Helper()
	broken := errors.New("broken")
	parent := t.TempDir()
	fill(t, filepath.Join(parent, "out"), "old")
	d, err := Stage(filepath.Join(parent, "out"), true)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, d.Path(), "new")
	var calls atomic.Int32
	fails := func() bool { return calls.Add(1) == int32(n)+1 }
	two := func(call func(a, b string) error) func(a, b string) error {
		return func(a, b string) error {
			if fails() {
				return broken
			}
			return call(a, b)
		}
	}
	d.ops = operations{rename: two(os.Rename), exchange: two(exchange), sync: func(p string) error {
		if fails() {
			return broken
		}
		return SyncPath(p)
	}}
	err = d.Commit(t.Context())
	got = tree(t, parent)
	if got != "out/sub/old" && got != "out/sub/new" {
		t.Errorf("call %d failed: %s", n, got)
	}
	if d.Placed() != (got == "out/sub/new") {
		t.Errorf("call %d failed: placed is %t, but there is %s", n, d.Placed(), got)
	}
	failed = calls.Load() > int32(n)
	if failed != errors.Is(err, broken) || failed != (err != nil) {
		t.Errorf("call %d failed: %v", n, err)
	}
	return failed, got
}

// TestLinkAsTarget replaces the folder behind a link, not the link.
func TestLinkAsTarget(t *testing.T) {
	parent := t.TempDir()
	fill(t, filepath.Join(parent, "disk/real"), "old")
	link := filepath.Join(parent, "link")
	if err := os.Symlink("disk/real", link); err != nil {
		t.Fatal(err)
	}
	d, err := Stage(link, true)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, d.Path(), "new")
	if err := d.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, filepath.Join(parent, "disk")); got != "real/sub/new" {
		t.Errorf("behind the link: %s", got)
	}
	if to, err := os.Readlink(link); err != nil || to != "disk/real" {
		t.Errorf("the link: %q, %v", to, err)
	}
}

// TestLinkThatLeadsNowhere makes the folder that a link leads to.
func TestLinkThatLeadsNowhere(t *testing.T) {
	parent := t.TempDir()
	for link, to := range map[string]string{"a": "b", "b": "disk/real", "loop": "loop"} {
		if err := os.Symlink(to, filepath.Join(parent, link)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := Stage(filepath.Join(parent, "a"), false)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, d.Path(), "new")
	if err := d.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, filepath.Join(parent, "disk")); got != "real/sub/new" {
		t.Errorf("behind the links: %s", got)
	}
	if to, err := os.Readlink(filepath.Join(parent, "a")); err != nil || to != "b" {
		t.Errorf("the link: %q, %v", to, err)
	}
	if d, err := Stage(filepath.Join(parent, "loop"), false); err == nil {
		d.Abort()
		t.Error("a link to itself is no target")
	}
}

// TestPutBack looks for an old folder that was moved aside, also behind a link.
func TestPutBack(t *testing.T) {
	parent := t.TempDir()
	if err := os.Symlink("real", filepath.Join(parent, "link")); err != nil {
		t.Fatal(err)
	}
	fill(t, filepath.Join(parent, ".real.old"), "old")
	for range 2 {
		if err := PutBack(filepath.Join(parent, "link")); err != nil {
			t.Fatal(err)
		}
		if got := tree(t, filepath.Join(parent, "real")); got != "sub/old" {
			t.Errorf("there is %q", got)
		}
	}
}

// TestStolenLock takes a lock whose file was removed by its last owner.
func TestStolenLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !isAt(f, path) {
		t.Error("the file is not found under its own name")
	}
	os.Remove(path)
	if isAt(f, path) {
		t.Error("a removed file is found")
	}
	os.WriteFile(path, nil, 0o666)
	if isAt(f, path) {
		t.Error("another file of that name is taken for it")
	}
}

func TestFoldersAboveTheTarget(t *testing.T) {
	parent := t.TempDir()
	target := filepath.Join(parent, "a/b/out")
	d, err := Stage(target, false)
	if err != nil {
		t.Fatal(err)
	}
	d.Abort()
	if entries, err := os.ReadDir(parent); err != nil || len(entries) > 0 {
		t.Errorf("Abort leaves %v, %v", entries, err)
	}

	// What somebody else put there stays.
	if d, err = Stage(target, false); err != nil {
		t.Fatal(err)
	}
	fill(t, filepath.Join(parent, "a"), "theirs")
	d.Abort()
	if got := tree(t, parent); got != "a/sub/theirs" {
		t.Errorf("Abort leaves %s", got)
	}

	// Every new folder is flushed, and the one that holds the uppermost.
	if d, err = Stage(filepath.Join(parent, "c/d/out"), false); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	flushed := map[string]bool{}
	d.ops.sync = func(p string) error {
		mu.Lock()
		defer mu.Unlock()
		flushed[p] = true
		return nil
	}
	if err := d.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{parent, filepath.Join(parent, "c"), filepath.Join(parent, "c/d")} {
		if !flushed[p] {
			t.Errorf("%s was not flushed", p)
		}
	}

	if err := os.WriteFile(filepath.Join(parent, "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Stage(filepath.Join(parent, "file/x/out"), false); err == nil {
		t.Error("a folder below a file")
	}
}

package cloud

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// cutting ends every body after its first half, the first time it is asked for.
func cutting() func(*http.Response) error {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(r *http.Response) error {
		mu.Lock()
		defer mu.Unlock()
		if r.Request.Method != "GET" || r.ContentLength < 1000 || seen[r.Request.URL.Path] || strings.Contains(r.Request.URL.RawQuery, "list-type") {
			return nil
		}
		seen[r.Request.URL.Path] = true
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(r.Body, r.ContentLength/2), broken{}), r.Body}
		return nil
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestTheLineBreaks(t *testing.T) {
	t.Parallel()
	b, dir := newBucket(t), t.TempDir()
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", dir+"/coco", "--save-media")
	for _, target := range []string{"coco", "coco.zip", "coco.tar.gz"} {
		must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", b.url(target), "--save-media")
	}
	var cuts atomic.Int32
	change := cutting()
	b.through(func(http.ResponseWriter, *http.Request) bool { return false }, func(r *http.Response) error {
		before := r.Body
		err := change(r)
		if r.Body != before {
			cuts.Add(1)
		}
		return err
	})
	for i, source := range []string{"coco", "coco.zip", "coco.tar.gz"} {
		from := fmt.Sprintf("%s/from%d", dir, i)
		must(t, 0, "convert", "-i", b.url(source), "-f", "coco", "-o", from, "--save-media")
		sameTree(t, from, dir+"/coco")
	}
	if cuts.Load() < 5 {
		t.Errorf("the line broke %d times only", cuts.Load())
	}
}

func TestAServerThatIsOverloaded(t *testing.T) {
	t.Parallel()
	b, dir := newBucket(t), t.TempDir()
	var requests atomic.Int32
	b.through(func(w http.ResponseWriter, r *http.Request) bool {
		if requests.Add(1)%4 != 0 {
			return false
		}
		http.Error(w, "<Error><Code>SlowDown</Code></Error>", http.StatusServiceUnavailable)
		return true
	}, nil)
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--save-media")
	must(t, 0, "convert", "-i", b.url("coco"), "-f", "coco", "-o", dir+"/back", "--save-media")
	sameTree(t, dir+"/back", filepath.Join(b.folder, "coco"))
}

func TestAnObjectThatChanges(t *testing.T) {
	t.Parallel()
	b, dir := newBucket(t), t.TempDir()
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--save-media")
	var once sync.Once
	b.through(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == "GET" && strings.HasSuffix(r.URL.Path, "000000000217.jpg") {
			once.Do(func() { put(t, b, "coco/images/val/000000000217.jpg", "another picture") })
		}
		return false
	}, nil)
	if said := must(t, 1, "convert", "-i", b.url("coco"), "-f", "voc", "-o", dir+"/voc", "--save-media"); !strings.Contains(said, "changed while it was read") {
		t.Error(said)
	}
}

// failingAfter lets n uploads pass and refuses all that follow, the mark left out.
func failingAfter(n int32) func(http.ResponseWriter, *http.Request) bool {
	var seen atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != "PUT" || n > 0 && strings.HasSuffix(r.URL.Path, markName) || seen.Add(1) <= n {
			return false
		}
		http.Error(w, "<Error><Code>AccessDenied</Code><Message>enough</Message></Error>", http.StatusForbidden)
		return true
	}
}

func TestAFailedUploadLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, n := range []int32{0, 1, 2, 7, 13, 15, 17} {
		b := newBucket(t)
		b.through(failingAfter(n), nil)
		if said := must(t, 1, "convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--save-media"); !strings.Contains(said, "access is denied") {
			t.Error(said)
		}
		if left := b.objects(); len(left) > 0 {
			t.Errorf("after %d uploads: %q are left", n, left)
		}
	}
}

func TestAFailedOverwriteIsRepaired(t *testing.T) {
	t.Parallel()
	for n, code := range map[int32]int{0: 0, 1: 0, 3: 13, 14: 13, 17: 13} {
		b, key := newBucket(t), newKey(t)
		must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--save-media")
		before, direct := b.endpoint, tree(t, b.folder)
		b.through(failingAfter(n), nil)
		args := []string{"convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--save-media", "--overwrite"}
		if n == 1 { // the mark is there, and no object of this dataset has an old one's name
			args = []string{"encrypt", sample, b.url("coco"), "-k", key, "--no-media", "--overwrite"}
		}
		must(t, 1, args...)
		b.endpoint = before
		if code == 0 {
			if after := tree(t, b.folder); len(after) != len(direct) {
				t.Errorf("after %d uploads: %d objects, want the %d from before", n, len(after), len(direct))
			}
		}
		must(t, code, "info", b.url("coco"))
		if code == 13 {
			must(t, 11, "convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--save-media")
			must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--save-media", "--overwrite")
			must(t, 0, "info", b.url("coco"))
			if slices.Contains(b.objects(), "coco/"+markName) {
				t.Error("the mark is still there")
			}
		}
	}
}

func TestAnInterruptedUploadLeavesNothing(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	reached, release := make(chan struct{}), make(chan struct{})
	var puts atomic.Int32
	b.through(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == "PUT" && puts.Add(1) == 10 {
			close(reached)
			<-release
		}
		return false
	}, nil)
	cmd := program("convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--save-media")
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-reached
	must(t, 13, "info", b.url("coco"))
	must(t, 11, "convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--overwrite")
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(200*time.Millisecond, func() { close(release) })
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d: %s", code, said.String())
	}
	if left := b.objects(); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
}

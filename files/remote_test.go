package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// memoryRemote has its files in memory and counts what is asked of it.
type memoryRemote struct {
	files map[string]string

	mu       sync.Mutex
	requests int
	bytes    int
	closed   int
	failing  int // requests that fail
}

func (m *memoryRemote) Read(file RemoteFile, offset, length int64) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests++
	if m.failing > 0 {
		m.failing--
		return nil, errors.New("the line is dead")
	}
	content, ok := m.files[file.Name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	content = content[offset:]
	if length >= 0 {
		content = content[:length]
	}
	return io.NopCloser(countedReader{m, strings.NewReader(content)}), nil
}

type countedReader struct {
	m *memoryRemote
	r io.Reader
}

func (c countedReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.m.mu.Lock()
	c.m.bytes += n
	c.m.mu.Unlock()
	return n, err
}

func (m *memoryRemote) Close() error { m.closed++; return nil }

func (m *memoryRemote) list() iter.Seq2[RemoteFile, error] {
	return func(yield func(RemoteFile, error) bool) {
		for name, content := range m.files {
			if !yield(RemoteFile{name, int64(len(content))}, nil) {
				return
			}
		}
	}
}

func openMemory(t *testing.T, m *memoryRemote, at RemotePlace) *Folder {
	t.Helper()
	f, err := OpenRemote(m, m.list(), at, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func randomText(n int) string {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)}).Read(b)
	return string(b)
}

func TestRemoteIsAFileSystem(t *testing.T) {
	m := &memoryRemote{files: map[string]string{"a.txt": "a", "dir/b.txt": randomText(300_000), "dir/sub/c": "", "empty/": ""}}
	f := openMemory(t, m, RemotePlace{Path: "s3://b/p"})
	if err := fstest.TestFS(f.tree, "a.txt", "dir/b.txt", "dir/sub/c", "empty"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{".": "s3://b/p", "dir/b.txt": "s3://b/p/dir/b.txt"} {
		if got := f.Path(name); got != want {
			t.Errorf("Path(%q) = %q, want %q", name, got, want)
		}
	}
	sub := f.Sub("dir")
	up, name, err := sub.Parent()
	if err != nil || name != "dir" || up.Path("a.txt") != "s3://b/p/a.txt" || sub.Base() != "dir" {
		t.Errorf("the parent of dir is %v, called %q: %v", up, name, err)
	}
	if _, _, err := f.Parent(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the parent of the top: %v", err)
	}
	if _, ok := f.Local("a.txt"); ok {
		t.Error("a file of a remote is local")
	}
	if err := f.Close(); err != nil || m.closed != 1 {
		t.Errorf("closed %d times: %v", m.closed, err)
	}
}

func TestRemoteHasAFolderAbove(t *testing.T) {
	upper := &memoryRemote{files: map[string]string{"in/x.json": "{}", "pictures/1.jpg": "1"}}
	inner := &memoryRemote{files: map[string]string{"x.json": "{}"}}
	f := openMemory(t, inner, RemotePlace{Path: "s3://b/in", Only: "x.json", Above: func() (*Folder, string, error) {
		up, err := OpenRemote(upper, upper.list(), RemotePlace{Path: "s3://b"}, Limits{})
		return up, "in", err
	}})
	up, name, err := f.Parent()
	if err != nil || name != "in" || up.Only() != "in/x.json" || !up.Has("pictures/1.jpg") {
		t.Fatalf("%v, %q, %v", up, name, err)
	}
	if f.Close(); upper.closed != 1 || inner.closed != 1 {
		t.Errorf("closed %d and %d times", upper.closed, inner.closed)
	}
}

func TestRemoteNamesAreChecked(t *testing.T) {
	for _, test := range []struct {
		names []string
		want  error
	}{
		{[]string{"a/../../b"}, ErrLeaves},
		{[]string{"/etc/passwd"}, ErrLeaves},
		{[]string{`a\b`}, ErrLeaves},
		{[]string{"a//b"}, ErrArchive},
		{[]string{"a", "a/b"}, ErrArchive},
		{[]string{"a", "b", "c", "d"}, ErrLimit},
	} {
		files := map[string]string{}
		for _, name := range test.names {
			files[name] = "x"
		}
		m := &memoryRemote{files: files}
		if _, err := OpenRemote(m, m.list(), RemotePlace{Path: "s3://b"}, Limits{ArchiveEntries: 3}); !errors.Is(err, test.want) {
			t.Errorf("%q: %v, want %v", test.names, err, test.want)
		}
		if m.closed != 0 {
			t.Errorf("%q: it was closed", test.names)
		}
	}
	broken := func(yield func(RemoteFile, error) bool) { yield(RemoteFile{}, errors.New("no answer")) }
	if _, err := OpenRemote(&memoryRemote{}, broken, RemotePlace{}, Limits{}); err == nil {
		t.Error("a listing that fails is taken for the whole")
	}
}

func TestRemoteFileIsFetchedOnce(t *testing.T) {
	content := randomText(3 << 20) // more than a spool keeps in memory
	for _, test := range []struct {
		name     string
		read     func(File) error
		requests int
		bytes    int
	}{
		{"front to back", func(f File) error { return want(f, content) }, 1, 3 << 20},
		{"the head, then all of it", func(f File) error {
			if _, err := io.ReadFull(f, make([]byte, 5000)); err != nil {
				return err
			}
			f.Seek(0, io.SeekStart)
			return want(f, content)
		}, 1, 3 << 20},
		{"a little further on", func(f File) error {
			io.ReadFull(f, make([]byte, 100))
			f.Seek(1000, io.SeekCurrent)
			return want(f, content[1100:])
		}, 1, 3 << 20},
		{"from the middle on", func(f File) error {
			f.Seek(2<<20, io.SeekStart)
			return want(f, content[2<<20:])
		}, 1, 1 << 20},
		{"at random", func(f File) error {
			r := rand.New(rand.NewPCG(1, 2))
			for range 50 {
				b, at := make([]byte, 100), r.Int64N(3<<20-100)
				if _, err := f.ReadAt(b, at); err != nil && err != io.EOF || string(b) != content[at:at+100] {
					return fmt.Errorf("at %d: %v", at, err)
				}
			}
			return want(f, content)
		}, 1, 3 << 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := &memoryRemote{files: map[string]string{"x": content}}
			f := openMemory(t, m, RemotePlace{Path: "s3://b"})
			file, err := f.OpenFile("x")
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(test.read(file), file.Close()); err != nil {
				t.Fatal(err)
			}
			if m.requests != test.requests || m.bytes != test.bytes {
				t.Errorf("%d requests, %d bytes; want %d, %d", m.requests, m.bytes, test.requests, test.bytes)
			}
			if _, err := file.Read(make([]byte, 1)); !errors.Is(err, fs.ErrClosed) {
				t.Errorf("it can be read after Close: %v", err)
			}
		})
	}
}

func want(r io.Reader, content string) error {
	b, err := io.ReadAll(r)
	if err == nil && string(b) != content {
		err = fmt.Errorf("%d bytes that are not the %d wanted", len(b), len(content))
	}
	return err
}

func TestRemoteFilesStayForTheNext(t *testing.T) {
	m := &memoryRemote{files: map[string]string{}}
	for i := range keptWhole + 10 {
		m.files[fmt.Sprint(i)] = randomText(1000 + i)
	}
	f := openMemory(t, m, RemotePlace{Path: "s3://b"})
	for range 3 {
		var together sync.WaitGroup
		for range 4 {
			together.Go(func() {
				for i := range 10 {
					file, err := f.OpenFile(fmt.Sprint(i))
					if err != nil {
						t.Error(err)
						return
					}
					b := make([]byte, 1000+i)
					if _, err := file.ReadAt(b, 0); err != io.EOF || string(b) != m.files[fmt.Sprint(i)] {
						t.Errorf("file %d: %v", i, err)
					}
					file.Close()
				}
			})
		}
		together.Wait()
	}
	if m.requests != 10 {
		t.Errorf("%d requests for ten files", m.requests)
	}
	for name := range m.files {
		file, _ := f.OpenFile(name)
		file.ReadAt(make([]byte, 1), 0)
		file.Close()
	}
	if w := f.tree.(*archiveTree).closer.(*wholeFiles); len(w.files) > keptWhole || len(w.idle) != len(w.files) {
		t.Errorf("%d files are kept, %d of them idle", len(w.files), len(w.idle))
	}
}

func TestRemoteFailuresAreNoEnd(t *testing.T) {
	m := &memoryRemote{files: map[string]string{"x": "0123456789", "gone": "x"}}
	f := openMemory(t, m, RemotePlace{Path: "s3://b"})
	m.failing = 2
	file, _ := f.OpenFile("x")
	for _, read := range []func() (int, error){
		func() (int, error) { return file.Read(make([]byte, 3)) },
		func() (int, error) { return file.ReadAt(make([]byte, 3), 5) },
	} {
		var placed *fs.PathError
		if n, err := read(); n != 0 || !errors.As(err, &placed) {
			t.Errorf("%d bytes, %v", n, err)
		}
	}
	if err := want(file, "0123456789"); err != nil {
		t.Errorf("after the failures: %v", err)
	}
	m.files["x"] = "012" // it became shorter
	short, _ := f.OpenFile("x")
	if _, err := io.ReadAll(short); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("read: %v", err)
	}
	if _, err := short.ReadAt(make([]byte, 1), 0); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("read at: %v", err)
	}
	delete(m.files, "gone")
	if _, err := f.ReadFile("gone", 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("gone: %v", err)
	}
}

func TestRemoteArchives(t *testing.T) {
	content := map[string]string{"annotations/x.json": strings.Repeat("[1]", 300_000), "images/1.jpg": randomText(900_000), "images/2.jpg": "2"}
	for _, kind := range []string{"zip", "tar", "tar.gz", "tar.zst"} {
		t.Run(kind, func(t *testing.T) {
			m := &memoryRemote{files: map[string]string{"k": archived(t, kind, content)}}
			f, err := OpenRemoteArchive(m, RemoteFile{"k", int64(len(m.files["k"]))}, "s3://b/x."+kind, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range content {
				if b, err := f.ReadFile(name, 1<<20); err != nil || string(b) != text {
					t.Errorf("%s: %v", name, err)
				}
			}
			if most := len(m.files["k"]) + keptHead + 512<<10; m.bytes > most {
				t.Errorf("%d bytes were fetched of %d", m.bytes, len(m.files["k"]))
			}
			if f.Path(".") != "s3://b/x."+kind || m.closed != 0 {
				t.Errorf("path %q, closed %d", f.Path("."), m.closed)
			}
			if f.Close(); m.closed != 1 {
				t.Errorf("closed %d times", m.closed)
			}
		})
	}
}

func archived(t *testing.T, kind string, content map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, kind)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(content)) {
		if err := w.Add(name, int64(len(content[name])), strings.NewReader(content[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRemoteFileThatIsNoArchive(t *testing.T) {
	for _, test := range []struct {
		path, content string
		want          error
	}{
		{"s3://b/x.json", "{}", nil},
		{"s3://b/x.json", "", nil},
		{"s3://b/x.json.gz", "\x1f\x8b\x08 no more than that", nil},
		{"s3://b/x.zip", "no zip", ErrArchive},
		{"s3://b/x.zip", "PK\x03\x04 no zip", ErrArchive},
		{"s3://b/x.tar.gz", "\x1f\x8b\x08 no more than that", ErrArchive},
	} {
		m := &memoryRemote{files: map[string]string{"k": test.content}}
		f, err := OpenRemoteArchive(m, RemoteFile{"k", int64(len(test.content))}, test.path, Limits{})
		if f != nil || !errors.Is(err, test.want) || m.closed != 0 {
			t.Errorf("%s: folder %v, error %v, closed %d", test.path, f, err, m.closed)
		}
	}
}

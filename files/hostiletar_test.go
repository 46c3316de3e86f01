package files

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// rawTar writes a tar of headers; each has as many bytes "x" as it says.
func rawTar(t testing.TB, list ...*tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, h := range list {
		if h.Typeflag != tar.TypeXGlobalHeader {
			h.Mode = 0o644
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, strings.Repeat("x", int(h.Size))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func tarFile(name string, size int64) *tar.Header {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size}
	if strings.HasSuffix(name, "/") {
		h.Typeflag = tar.TypeDir
	}
	return h
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func TestHostileTarNames(t *testing.T) {
	for name, want := range badNames {
		_, err := openBytes(t, "x.tar", rawTar(t, tarFile("ok", 3), tarFile(name, 1)), Limits{})
		if !errors.Is(err, want) || !strings.Contains(err.Error(), fmt.Sprintf("%q", name)) {
			t.Errorf("%.60q: %.200v", name, err)
		}
	}
}

func TestHostileTars(t *testing.T) {
	two := rawTar(t, tarFile("a", 600), tarFile("b", 10))
	global := func(key, value string) *tar.Header {
		return &tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{key: value}}
	}
	damaged := bytes.Clone(two)
	damaged[1536+150] ^= 1
	for name, c := range map[string]struct {
		tar   []byte
		want  error
		words string
	}{
		"same name":          {rawTar(t, tarFile("a", 1), tarFile("./a", 2)), ErrArchive, "twice"},
		"file and folder":    {rawTar(t, tarFile("a/b", 1), tarFile("a", 2)), ErrArchive, "twice"},
		"too many":           {rawTar(t, tarFile("a", 1), tarFile("b", 1), tarFile("c", 1), tarFile("d", 1), tarFile("e", 1)), ErrLimit, "more than 4"},
		"one folder, often":  {rawTar(t, tarFile("a/", 0), tarFile("a/", 0), tarFile("a/", 0), tarFile("a/", 0), tarFile("a/", 0)), ErrLimit, "more than 4"},
		"top":                {rawTar(t, tarFile("./", 0), tarFile("./a", 0)), nil, ""},
		"top is a link":      {rawTar(t, &tar.Header{Typeflag: tar.TypeSymlink, Name: "./", Linkname: "/"}), ErrArchive, "top"},
		"no end":             {two[:len(two)-1024], ErrArchive, "cut short"},
		"half an end":        {two[:len(two)-512], nil, ""},
		"cut in a header":    {two[:1536+100], ErrArchive, "cut short"},
		"cut in content":     {two[:900], ErrArchive, "cut short"},
		"cut in padding":     {two[:1200], ErrArchive, "cut short"},
		"damaged header":     {damaged, ErrArchive, "damaged"},
		"two tars":           {append(bytes.Clone(two), two...), ErrArchive, "follows"},
		"tape":               {append(bytes.Clone(two), make([]byte, 8<<10)...), nil, ""},
		"global comment":     {rawTar(t, global("comment", "of git"), tarFile("a", 1)), nil, ""},
		"global size":        {rawTar(t, global("size", "7"), tarFile("a", 1)), ErrArchive, "for all entries"},
		"nothing":            {rawTar(t), nil, ""},
		"nothing of all":     {nil, ErrArchive, "name of an archive"},
		"text":               {text(1, 1000), ErrArchive, "name of an archive"},
		"cut gz":             {zipped(noise(1, 4000))[:9], ErrArchive, "cut short"},
		"gz of something":    {zipped(noise(1, 4000)), ErrArchive, "name of an archive"},
		"gz of little":       {zipped(nil), ErrArchive, "name of an archive"},
		"cut tar.gz":         {zipped(two)[:60], ErrArchive, "cut short"},
		"tar.gz of many":     {zipped(rawTar(t, tarFile("a/b/c/d/e", 1))), ErrLimit, "more than 4"},
		"tar.gz and garbage": {append(zipped(two), "garbage, more than ten bytes"...), ErrArchive, ""},
		"bomb":               {zipped(rawTar(t, tarFile("a", freeBytes))), ErrLimit, "unpacks to more"},
	} {
		_, err := openBytes(t, "x.tar", c.tar, Limits{ArchiveEntries: 4, ArchiveRatio: 10})
		if !errors.Is(err, c.want) || c.want != nil && !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRefusedTarEntries(t *testing.T) {
	refused := map[string]error{"link": ErrLeaves, "hard": ErrLeaves, "pipe": ErrArchive, "disk": ErrArchive, "sparse": ErrArchive, "link/below": ErrLeaves, "link/b/c": ErrLeaves}
	sparse := tarFile("sparse", 512)
	sparse.PAXRecords = map[string]string{"XXX.sparse.major": "9", "XXX.sparse.minor": "9"}
	b := rawTar(t, tarFile("ok", 2),
		&tar.Header{Typeflag: tar.TypeSymlink, Name: "link", Linkname: "ok"},
		&tar.Header{Typeflag: tar.TypeLink, Name: "hard", Linkname: "ok"},
		&tar.Header{Typeflag: tar.TypeFifo, Name: "pipe"},
		&tar.Header{Typeflag: tar.TypeBlock, Name: "disk"},
		sparse, tarFile("after", 5))
	// The writer of the library does not take the names of these records.
	f := mustOpen(t, "x.tar", bytes.ReplaceAll(b, []byte("XXX.sparse"), []byte("GNU.sparse")))
	for name, want := range refused {
		if _, err := f.OpenFile(name); !errors.Is(err, want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if f.Has(name) && name != "sparse" {
			t.Errorf("%s is a regular file", name)
		}
	}
	if _, err := f.OpenFile("link"); !strings.Contains(err.Error(), "it is a link") {
		t.Error(err)
	}
	if got := f.List().Files("."); strings.Join(got, " ") != "after disk hard link ok pipe sparse" {
		t.Error(got)
	}
	if b, err := f.ReadFile("after", 5); err != nil || string(b) != "xxxxx" {
		t.Errorf("%q %v", b, err)
	}
}

func TestZstdWindow(t *testing.T) {
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out, zstd.WithWindowSize(256<<20), zstd.WithEncoderConcurrency(1), zstd.WithSingleSegment(false))
	if err != nil {
		t.Fatal(err)
	}
	// Only the header is of interest; the content begins as a tar does.
	w.Write(rawTar(t, tarFile("a", 1000)))
	w.Flush()
	w.Close()
	if _, err := openBytes(t, "x.tar.zst", out.Bytes(), Limits{}); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
}

func TestWindowReader(t *testing.T) {
	want := noise(1, 50_000)
	w := &windowReader{r: bytes.NewReader(want)}
	for _, c := range []struct{ at, n int }{{0, 512}, {512, 512}, {100, 1}, {8191, 2}, {8192, 8192}, {3, 20_000}, {49_999, 1}, {49_990, 100}, {50_000, 10}, {0, 0}} {
		b := make([]byte, c.n)
		n, err := w.ReadAt(b, int64(c.at))
		if !bytes.Equal(b[:n], want[c.at:min(c.at+c.n, len(want))]) || n < c.n && err != io.EOF || n == c.n && err != nil {
			t.Errorf("%d bytes at %d: %d, %v", c.n, c.at, n, err)
		}
	}
}

// brokenReader fails as a disk does, which is not damage of the archive.
type brokenReader struct {
	r   io.Reader
	err error
}

func (b brokenReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == io.EOF {
		err = b.err
	}
	return n, err
}

func TestStreamFails(t *testing.T) {
	broken := errors.New("broken pipe")
	for _, kind := range kinds {
		b := pack(t, kind, map[string][]byte{"a.jpg": noise(1, 300_000)})
		for _, n := range []int{0, 100, 1000, 200_000, len(b)} {
			_, err := OpenStream(brokenReader{bytes.NewReader(b[:n]), broken}, "-", Limits{})
			if !errors.Is(err, broken) || errors.Is(err, ErrArchive) {
				t.Errorf("%s after %d: %v", kind, n, err)
			}
			if n == len(b) {
				continue
			}
			if _, err := OpenStream(bytes.NewReader(b[:n]), "-", Limits{}); !errors.Is(err, ErrArchive) {
				t.Errorf("%s cut at %d: %v", kind, n, err)
			}
		}
	}
	bomb := zipped(rawTar(t, tarFile("a", freeBytes)))
	if _, err := OpenStream(bytes.NewReader(bomb), "-", Limits{ArchiveRatio: 10}); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
}

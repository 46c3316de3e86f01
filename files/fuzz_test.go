package files

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
)

// fuzzLimits keep each run small.
var fuzzLimits = Limits{ArchiveEntries: 200, ArchiveRatio: 50}.WithDefaults()

// allowed are the errors that an archive may end in.
func allowed(err error) bool {
	return err == nil || errors.Is(err, ErrArchive) || errors.Is(err, ErrLimit) || errors.Is(err, ErrLeaves)
}

// readEverything reads all files of an archive, and gives each that is whole to
// check.
func readEverything(t *testing.T, tr *archiveTree, most int64, check func(name string, content []byte)) {
	var bytesRead int64
	entries := 0
	err := fs.WalkDir(tr, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if entries++; !fs.ValidPath(name) || entries > fuzzLimits.ArchiveEntries {
			t.Fatalf("entry %d: %q", entries, name)
		}
		file, err := tr.Open(name)
		if err != nil {
			if !allowed(err) {
				t.Fatalf("%s: %v", name, err)
			}
			return nil
		}
		defer file.Close()
		content, err := io.ReadAll(file)
		if bytesRead += int64(len(content)); bytesRead > most || !allowed(err) {
			t.Fatalf("%s: %d bytes in all, %v", name, bytesRead, err)
		}
		pieces(t, file.(File), content, err)
		if err == nil {
			check(name, content)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pieces reads a file again in another way, with the same result.
func pieces(t *testing.T, f File, content []byte, failed error) {
	st, err := f.Stat()
	if err != nil || failed == nil && st.Size() != int64(len(content)) {
		t.Fatalf("%d bytes instead of %d", len(content), st.Size())
	}
	half := int64(len(content)) / 2
	b := make([]byte, int64(len(content))-half)
	n, err := f.ReadAt(b, half)
	if failed == nil && !bytes.Equal(b[:n], content[half:]) || !allowed(err) && err != io.EOF {
		t.Fatalf("other content: %v", err)
	}
}

func FuzzZip(f *testing.F) {
	f.Add(pack(f, "zip", map[string][]byte{"a/b.txt": text(1, 300), "c.jpg": noise(1, 20), "ü": nil}))
	f.Add(rawZip(packed("./a", text(1, 90)), file("b/", ""), file("l", "a").with(func(e *rawEntry) { e.mode = 0o120777 })))
	f.Add(rawZip(file("first", string(rawZip(file("in", "x")))), file("in", "x").with(func(e *rawEntry) { e.at = 35 })))
	f.Add(zip64(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		tr, err := newTree("zip", r, r.Size(), io.NopCloser(nil), fuzzLimits)
		if err != nil {
			if !allowed(err) {
				t.Fatal(err)
			}
			return
		}
		z, err := zip.NewReader(r, r.Size())
		if err != nil {
			t.Fatalf("opened what archive/zip does not: %v", err)
		}
		others := map[string]*zip.File{}
		for _, f := range z.File {
			others[strings.TrimPrefix(f.Name, "./")] = f
		}
		readEverything(t, tr, mostUnpacked(r.Size(), fuzzLimits), func(name string, content []byte) {
			other, err := others[name].Open()
			if err != nil {
				t.Fatalf("%s: read what archive/zip does not: %v", name, err)
			}
			want, err := io.ReadAll(other)
			// It compares what follows the data as well, where something does.
			descriptor := others[name].Flags&8 != 0
			if err != nil && !descriptor || !bytes.Equal(want, content) {
				t.Fatalf("%s: archive/zip reads something else: %v", name, err)
			}
		})
	})
}

// zip64 returns a small zip whose end is in the 64-bit form.
func zip64(t testing.TB) []byte {
	b := rawZip(file("a", "a"))
	here := len(b) - zipEndBytes
	end := bytes.Clone(b[here:])
	at, length := le.Uint32(end[16:]), le.Uint32(end[12:])
	le.PutUint32(end[16:], none32)
	b = le.AppendUint32(b[:here], zipEnd64Signature)
	b = append(le.AppendUint64(b, zipEnd64Bytes-12), 45, 0, 45, 0)
	for _, v := range []uint64{0, 1, 1, uint64(length), uint64(at)} {
		b = le.AppendUint64(b, v)
	}
	b = le.AppendUint32(le.AppendUint32(b, zipLocatorSignature), 0)
	b = le.AppendUint32(le.AppendUint64(b, uint64(here)), 1)
	b = append(b, end...)
	if _, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err != nil {
		t.Fatal(err)
	}
	return b
}

func FuzzTar(f *testing.F) {
	f.Add(pack(f, "tar", map[string][]byte{"a/b.txt": text(1, 300), long("long/", 40) + "ü.jpg": noise(1, 20)}))
	f.Add(rawTar(f, tarFile("./", 0), tarFile("./a", 5), &tar.Header{Typeflag: tar.TypeLink, Name: "l", Linkname: "a"}))
	gnu := tarFile(long("g", 150), 3)
	gnu.Format = tar.FormatGNU
	f.Add(rawTar(f, gnu))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		tr, err := newTree("tar", r, r.Size(), io.NopCloser(nil), fuzzLimits)
		if err != nil {
			if !allowed(err) {
				t.Fatal(err)
			}
			return
		}
		others := tarContents(t, b)
		readEverything(t, tr, r.Size(), func(name string, content []byte) {
			if want, ok := others[name]; !ok || !bytes.Equal(want, content) {
				t.Fatalf("%s: archive/tar reads something else", name)
			}
		})
	})
}

// tarContents reads a tar from front to end.
func tarContents(t *testing.T, b []byte) map[string][]byte {
	all := map[string][]byte{}
	for in := tar.NewReader(onlyReader{bytes.NewReader(b)}); ; {
		h, err := in.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("opened what archive/tar does not: %v", err)
		}
		if tarKind(h) == regular {
			if all[strings.TrimPrefix(h.Name, "./")], err = io.ReadAll(in); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func FuzzOpenStream(f *testing.F) {
	for _, kind := range kinds {
		f.Add(pack(f, kind, map[string][]byte{"a/b.txt": text(1, 300), "c.jpg": noise(1, 20)}))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		folder, err := OpenStream(bytes.NewReader(b), "-", fuzzLimits)
		if err != nil {
			if !allowed(err) {
				t.Fatal(err)
			}
			return
		}
		defer folder.Close()
		folder.List()
		readEverything(t, folder.tree.(*archiveTree), mostUnpacked(int64(len(b)), fuzzLimits), func(string, []byte) {})
	})
}

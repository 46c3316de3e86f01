package files

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
)

// rawEntry is an entry of a zip that may say anything.
type rawEntry struct {
	name, local   string // local: in its own header, empty for the same
	data          []byte // as it lies there
	method, flags uint16
	size          uint32 // claimed
	crc           uint32
	mode          uint32 // of Unix
	at            int    // of its own header, 0 for where it is
}

// file is an honest entry that is stored.
func file(name, content string) rawEntry {
	return rawEntry{name: name, data: []byte(content), size: uint32(len(content)), crc: crc32.ChecksumIEEE([]byte(content))}
}

func packed(name string, content []byte) rawEntry {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 9)
	w.Write(content)
	w.Close()
	return rawEntry{name: name, data: b.Bytes(), method: zip.Deflate, size: uint32(len(content)), crc: crc32.ChecksumIEEE(content)}
}

func (e rawEntry) with(change func(*rawEntry)) rawEntry { change(&e); return e }

// rawZip writes a zip by hand.
func rawZip(list ...rawEntry) []byte {
	var out, dir bytes.Buffer
	put := func(b *bytes.Buffer, values ...any) {
		for _, v := range values {
			binary.Write(b, le, v)
		}
	}
	for _, e := range list {
		at, n, local := uint32(out.Len()), uint32(len(e.data)), e.local
		if local == "" {
			local = e.name
		}
		if e.at != 0 {
			at = uint32(e.at)
		}
		put(&out, uint32(zipLocalSignature), uint16(20), e.flags, e.method, uint32(0x21<<16), e.crc, n, e.size, uint16(len(local)), uint16(0))
		out.WriteString(local)
		out.Write(e.data)
		put(&dir, uint32(zipHeaderSignature), uint16(3<<8|20), uint16(20), e.flags, e.method, uint32(0x21<<16), e.crc, n, e.size,
			uint16(len(e.name)), [4]uint16{}, e.mode<<16, at)
		dir.WriteString(e.name)
	}
	at := out.Len()
	out.Write(dir.Bytes())
	put(&out, uint32(zipEndSignature), uint32(0), uint16(len(list)), uint16(len(list)), uint32(dir.Len()), uint32(at), uint16(0))
	return out.Bytes()
}

// badNames are names that no archive may have.
var badNames = map[string]error{
	"/etc/passwd":              ErrLeaves,
	"../x":                     ErrLeaves,
	"a/../../x":                ErrLeaves,
	"a/..":                     ErrLeaves,
	"./../x":                   ErrLeaves,
	`a\b`:                      ErrLeaves,
	`..\x`:                     ErrLeaves,
	"C:/x":                     ErrLeaves,
	"c:x":                      ErrLeaves,
	".//x":                     ErrLeaves,
	"a//b":                     ErrArchive,
	"a/./b":                    ErrArchive,
	"././a":                    ErrArchive,
	"a\xff.jpg":                ErrArchive,
	long("a/", 65) + "x":       ErrLimit,
	long("a", maxNameBytes+1):  ErrLimit,
	long("d/", 2100) + "x.txt": ErrLimit,
}

func TestHostileNames(t *testing.T) {
	bad := maps.Clone(badNames)
	bad["a\x00b"], bad[""] = ErrArchive, ErrLeaves
	for name, want := range bad {
		_, err := openBytes(t, "x.zip", rawZip(file("ok.txt", "ok"), file(name, "x")), Limits{})
		if !errors.Is(err, want) || !strings.Contains(err.Error(), fmt.Sprintf("%q", name)) {
			t.Errorf("%.60q: %.200v", name, err)
		}
		w, _ := NewWriter(io.Discard, "zip")
		if err := w.Add(name, 0, strings.NewReader("")); !errors.Is(err, want) {
			t.Errorf("written: %.60q: %.200v", name, err)
		}
	}
}

func TestGoodNames(t *testing.T) {
	f := mustOpen(t, "x.zip", rawZip(file("./a.txt", "1"), file("A.txt", "2"), file("a/", ""), file("./", ""), file("a/", ""),
		file("ab:c.txt", "3"), file("a/..b", "4"), file("a/ .txt", "5"), file(long("q/", 63)+"x", "6")))
	for name, want := range map[string]string{"a.txt": "1", "A.txt": "2", "ab:c.txt": "3", "a/..b": "4", "a/ .txt": "5", long("q/", 63) + "x": "6"} {
		if b, err := f.ReadFile(name, 10); err != nil || string(b) != want {
			t.Errorf("%s: %q %v", name, b, err)
		}
	}
}

func TestHostileZips(t *testing.T) {
	two := rawZip(file("a", "aaaa"), file("b", "bbbb"))
	end := len(two) - zipEndBytes
	changed := func(at int, v byte) []byte { b := bytes.Clone(two); b[at] = v; return b }
	bomb := func(n int) []rawEntry {
		e := packed("z", make([]byte, 1<<20))
		e.size = 50_000_000
		var list []rawEntry
		for i := range n {
			list = append(list, e.with(func(e *rawEntry) { e.name = fmt.Sprint(i) }))
		}
		return list
	}
	for name, c := range map[string]struct {
		zip   []byte
		want  error
		words string
	}{
		"same name":           {rawZip(file("a", "1"), file("a", "2")), ErrArchive, "twice"},
		"same name, ./":       {rawZip(file("a", "1"), file("./a", "2")), ErrArchive, "twice"},
		"file and folder":     {rawZip(file("a", "1"), file("a/b", "2")), ErrArchive, "twice"},
		"folder and file":     {rawZip(file("a/", ""), file("a", "2")), ErrArchive, "twice"},
		"folder with content": {rawZip(file("a/", "content")), ErrArchive, "folder"},
		"link and folder":     {rawZip(file("a", "b").with(func(e *rawEntry) { e.mode = 0o120777 }), file("a/b", "2")), ErrArchive, "twice"},
		"same data":           {rawZip(file("first", "1"), file("a", "1"), file("a2", "1").with(func(e *rawEntry) { e.at = 36 })), ErrArchive, "overlap"},
		"data in data":        {rawZip(file("first", string(rawZip(file("in", "x")))), file("in", "x").with(func(e *rawEntry) { e.at = 35 })), ErrArchive, "overlap"},
		"beyond the archive":  {rawZip(file("first", "1"), file("a", "1").with(func(e *rawEntry) { e.at = 1 << 30 })), ErrArchive, "outside"},
		"over the directory":  {rawZip(file("a", "1"), file("b", "1").with(func(e *rawEntry) { e.at = 55 })), ErrArchive, "outside"},
		"too many":            {rawZip(file("a", ""), file("b", ""), file("c", ""), file("d", ""), file("e", "")), ErrLimit, "more than 4 "},
		"too many folders":    {rawZip(file("a/b/c/d", "")), nil, ""},
		"too many, implied":   {rawZip(file("a/b/c/d/e", "")), ErrLimit, "more than 4 "},
		"large":               {rawZip(bomb(2)...), nil, ""},
		"bomb":                {rawZip(bomb(3)...), ErrLimit, "unpacks to more"},
		"stored, other size":  {rawZip(file("a", "1234").with(func(e *rawEntry) { e.size = 5 })), ErrArchive, "stored"},
		"cut":                 {two[:len(two)-1], ErrArchive, "end of the zip"},
		"no directory":        {two[:40], ErrArchive, "end of the zip"},
		"one is missing":      {changed(end+10, 1), ErrArchive, ""},
		"directory moved":     {changed(end+16, two[end+16]-1), ErrArchive, "central directory"},
		"directory shorter":   {changed(end+12, two[end+12]-1), ErrArchive, "central directory"},
		"directory damaged":   {changed(end-47, 0xff), ErrArchive, ""},
		"something in front":  {append([]byte("PK\x03\x04"), two...), ErrArchive, "central directory"},
		"something behind":    {append(bytes.Clone(two), "\n\n"...), nil, ""},
		"nothing":             {rawZip(), nil, ""},
	} {
		_, err := openBytes(t, "x.zip", c.zip, Limits{ArchiveEntries: 4, ArchiveRatio: 10})
		if !errors.Is(err, c.want) || c.want != nil && !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One file of a zip that cannot be read leaves the others as they are.
func TestRefusedZipEntries(t *testing.T) {
	big := text(1, 3<<20)
	good := packed("big", big)
	set := func(name string, e rawEntry, change func(*rawEntry)) rawEntry { e.name = name; return e.with(change) }
	refused := map[string]error{"link": ErrLeaves, "pipe": ErrArchive, "secret": ErrArchive, "lzma": ErrArchive, "called otherwise": ErrArchive}
	damaged := []string{"short", "longer", "checksum", "bits", "stored checksum"}
	f := mustOpen(t, "x.zip", rawZip(good, file("ok", "ok"),
		file("link", "ok").with(func(e *rawEntry) { e.mode = 0o120777 }),
		file("pipe", "").with(func(e *rawEntry) { e.mode = 0o010644 }),
		file("secret", "ok").with(func(e *rawEntry) { e.flags = 1 }),
		file("lzma", "ok").with(func(e *rawEntry) { e.method = 14 }),
		file("called otherwise", "ok").with(func(e *rawEntry) { e.local = "called other0ise" }),
		set("short", good, func(e *rawEntry) { e.size++ }),
		set("longer", good, func(e *rawEntry) { e.size -= 1000 }),
		set("checksum", good, func(e *rawEntry) { e.crc++ }),
		set("bits", good, func(e *rawEntry) { e.data = bytes.Clone(e.data); e.data[len(e.data)/2] ^= 0x55 }),
		file("stored checksum", "ok").with(func(e *rawEntry) { e.crc++ }),
	))
	for name, want := range refused {
		if _, err := f.OpenFile(name); !errors.Is(err, want) || strings.Count(err.Error(), name) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range damaged {
		if b, err := f.ReadFile(name, 10<<20); !errors.Is(err, ErrArchive) || b != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := len(f.List().Files(".")); got != 2+len(refused)+len(damaged) {
		t.Errorf("%d files are listed", got)
	}
	if b, err := f.ReadFile("big", 10<<20); err != nil || !bytes.Equal(b, big) {
		t.Error(err)
	}
	if f.Has("link") || f.Has("pipe") || !f.Has("secret") {
		t.Error("links and pipes are no regular files, encrypted files are")
	}
}

// Damage stays damage: what is read afterwards does not look whole.
func TestDamageIsRemembered(t *testing.T) {
	e := packed("x", text(1, 3<<20))
	e.crc++
	f := mustOpen(t, "x.zip", rawZip(e, file("y", "12345").with(func(e *rawEntry) { e.crc++ })))
	for _, name := range []string{"x", "y"} {
		in, err := f.OpenFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, in); !errors.Is(err, ErrArchive) {
			t.Error(err)
		}
		if _, err := in.Read(make([]byte, 1)); !errors.Is(err, ErrArchive) {
			t.Error(err)
		}
		if _, err := in.ReadAt(make([]byte, 1), 1); !errors.Is(err, ErrArchive) {
			t.Error(err)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if _, err := in.ReadAt(make([]byte, 1), 1); err == nil {
			t.Error("read after closing")
		}
	}
	in, err := f.OpenFile("x")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if n, err := in.ReadAt(make([]byte, 1), 1); n != 0 || !errors.Is(err, ErrArchive) {
		t.Error(n, err)
	}
}

// A zip of the 64-bit form, as it is made for many files.
func TestZip64(t *testing.T) {
	if testing.Short() {
		t.Skip("many files")
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, "zip")
	if err != nil {
		t.Fatal(err)
	}
	const n = 70_000
	for i := range n {
		if err := w.Add(fmt.Sprintf("%d/%d.txt", i%7, i), 1, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := mustOpen(t, "x.zip", out.Bytes())
	if got := f.List().Count("3"); got != n/7 {
		t.Errorf("%d files", got)
	}
	if b, err := f.ReadFile("6/69999.txt", 1); err != nil || string(b) != "x" {
		t.Error(err)
	}
}

func TestZip64End(t *testing.T) {
	b := zip64(t)
	if f := mustOpen(t, "x.zip", b); !f.Has("a") {
		t.Error("not read")
	}
	end := len(b) - zipEndBytes
	for what, at := range map[string]int{"place": end - 12, "signature": end - zipLocatorBytes - zipEnd64Bytes, "far place": end - 6, "length": end - zipLocatorBytes - 16} {
		damaged := bytes.Clone(b)
		damaged[at] ^= 0x7f
		if _, err := openBytes(t, "x.zip", damaged, Limits{}); !errors.Is(err, ErrArchive) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestZipOffset(t *testing.T) {
	header := le.AppendUint32(nil, zipHeaderSignature)
	header = append(header, make([]byte, zipHeaderBytes-4)...)
	header[28], header[30], header[32] = 2, 12, 3 // lengths of the name, the extra fields and the comment
	le.PutUint32(header[42:], none32)
	extra := le.AppendUint64([]byte{1, 0, 8, 0}, 1<<33)
	for i := range 3 { // headers in a row: the next is found
		all := bytes.Repeat(append(append(append(bytes.Clone(header), "ab"...), extra...), "cde"...), i)
		in := bufio.NewReader(bytes.NewReader(all))
		for range i {
			if off, err := zipOffset(in); off != 1<<33 || err != nil {
				t.Error(off, err)
			}
		}
		if _, err := zipOffset(in); err != io.EOF {
			t.Error(err)
		}
		for n := range all[:min(len(all), zipHeaderBytes+17)] {
			if _, err := zipOffset(bufio.NewReader(bytes.NewReader(all[:n]))); n > 0 && !errors.Is(err, ErrArchive) {
				t.Errorf("%d bytes: %v", n, err)
			}
		}
	}
}

func TestZipOffset64(t *testing.T) {
	header := make([]byte, zipHeaderBytes)
	field := func(id uint16, b ...byte) []byte {
		return append(le.AppendUint16(le.AppendUint16(nil, id), uint16(len(b))), b...)
	}
	offset := le.AppendUint64(nil, 1<<40)
	if off, ok := zipOffset64(header, append(field(7, 1, 2), field(1, offset...)...)); !ok || off != 1<<40 {
		t.Error(off, ok)
	}
	if _, ok := zipOffset64(header, field(1, 1, 2, 3)); ok {
		t.Error("too short")
	}
	le.PutUint32(header[24:], none32)
	if off, ok := zipOffset64(header, field(1, append(make([]byte, 8), offset...)...)); !ok || off != 1<<40 {
		t.Error(off, ok)
	}
	if _, ok := zipOffset64(header, field(1, offset...)); ok {
		t.Error("the size was taken for the offset")
	}
	if _, ok := zipOffset64(header, []byte{1, 0, 99, 0}); ok {
		t.Error("no field")
	}
}

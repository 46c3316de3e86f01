package install

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"datum/formats"
)

// patched changes what the list of members says of a member; at is counted from
// the beginning of its entry.
func (f *fake) patched(member string, at int, value uint32, size int) []byte {
	wheel := bytes.Clone(f.wheel)
	for i := bytes.LastIndex(wheel, []byte("PK\x01\x02")); i >= 0; i = bytes.LastIndex(wheel[:i], []byte("PK\x01\x02")) {
		if bytes.HasPrefix(wheel[i+46:], []byte(member)) {
			var b [4]byte
			binary.LittleEndian.PutUint32(b[:], value)
			copy(wheel[i+at:], b[:size])
			return wheel
		}
	}
	panic("no member " + member)
}

func TestHostileWheels(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	const big = "openvino/libs/libbig.so"
	without := &fake{&Release{Files: f.release.Files[1:]}, f.content, nil}
	bomb := &fake{f.release, map[string][]byte{}, nil}
	for member, content := range f.content {
		bomb.content[member] = content
	}
	bomb.content[big] = make([]byte, 50_000_000)
	for name, wheel := range map[string][]byte{
		"no zip":                      []byte("this is no zip"),
		"empty":                       {},
		"cut":                         f.wheel[:len(f.wheel)/2],
		"its end only":                f.wheel[len(f.wheel)/2:],
		"a member is missing":         without.pack(nil),
		"a member of another size":    bomb.pack(nil),
		"a bomb that lies":            patchSize(bomb.pack(nil), big, 700_000),
		"an unknown method":           f.patched(big, 10, 99, 2),
		"said to be stored":           f.patched(big, 10, 0, 2),
		"encrypted":                   f.patched(big, 8, 1, 2),
		"compressed to 4 GB":          f.patched(big, 20, 0xfffffff0, 4),
		"compressed to nothing":       f.patched(big, 20, 0, 4),
		"it begins elsewhere":         f.patched(big, 42, 5, 4),
		"it begins behind the end":    f.patched(big, 42, 0xfffffff0, 4),
		"a name in place of its own":  f.patched(big, 46+14, 'x', 1),
		"a list that is too long":     endless(),
		"another wheel's middle part": append(append(bytes.Clone(f.wheel[:700_000]), noise(9, 1000)...), f.wheel[701_000:]...),
	} {
		dir := private(t)
		path := write(t, filepath.Join(dir, fakeWheel), wheel)
		data := private(t)
		o := f.options(data)
		o.FindLinks = []string{path}
		if _, err := Install(t.Context(), o); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
		nothing(t, data, false)
		o.FindLinks, o.Index = nil, f.serve(t, func(s *server) { s.wheel = wheel }).index()
		if _, err := Install(t.Context(), o); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%s, from a server: %v", name, err)
		}
		nothing(t, data, true)
	}
}

// patchSize changes the size that the list says a member has.
func patchSize(wheel []byte, member string, size uint32) []byte {
	return (&fake{wheel: wheel}).patched(member, 24, size, 4)
}

// endless is a zip with a list of members that is larger than any wheel's.
func endless() []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for range 100 {
		w.Create(strings.Repeat("x", 60_000))
	}
	w.Close()
	return b.Bytes()
}

// Stored members are as good as compressed ones.
func TestStoredWheel(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	stored := f.pack(func(h *zip.FileHeader) { h.Method = zip.Store })
	for name, index := range map[string]string{
		"ranges": f.serve(t, func(s *server) { s.wheel = stored }).index(),
		"wholes": f.serve(t, func(s *server) { s.wheel, s.wholes = stored, true }).index(),
	} {
		data := private(t)
		o := f.options(data)
		o.Index = index
		if _, err := Install(t.Context(), o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f.installed(t, data)
	}
}

// A list that is too long is not read to its end.
func TestListsOfMembersHaveAnEnd(t *testing.T) {
	t.Parallel()
	wheel := endless()
	if _, err := readMembers(bytes.NewReader(wheel), int64(len(wheel))); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("%v", err)
	}
}

// repeating never ends.
type repeating struct{ n int64 }

func (r *repeating) Read(p []byte) (int, error) {
	r.n += int64(len(p))
	return len(p), nil
}

func TestNoMoreIsUnpackedThanAFileHas(t *testing.T) {
	t.Parallel()
	r := &repeating{}
	if err := copyChecked(io.Discard, r, File{Size: 100_000}); !errors.Is(err, formats.ErrCorrupt) || r.n > 200_000 {
		t.Errorf("%v after %d bytes", err, r.n)
	}
}

func TestContentRange(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]int64{
		"bytes 0-9/10":                 {0, 10},
		"bytes 5-9/10":                 {5, 10},
		"bytes 5-9/*":                  {-1, -1},
		"bytes */10":                   {-1, -1},
		"bytes 5-10/10":                {-1, -1},
		"bytes 6-5/10":                 {-1, -1},
		"bytes -5-9/10":                {-1, -1},
		"":                             {-1, -1},
		"bytes 0-9":                    {-1, -1},
		"bytes 0-99999999999999999999": {-1, -1},
	} {
		from, size, ok := contentRange(text)
		if ok != (want[0] >= 0) || ok && (from != want[0] || size != want[1]) {
			t.Errorf("%q: %d, %d, %v", text, from, size, ok)
		}
	}
}

func FuzzWheel(f *testing.F) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	m, _ := w.Create("openvino/libs/libbig.so")
	io.WriteString(m, "small")
	w.Close()
	f.Add(b.Bytes())
	file := lib("libbig.so", 5, "", "")
	f.Fuzz(func(t *testing.T, wheel []byte) {
		members, err := readMembers(bytes.NewReader(wheel), int64(len(wheel)))
		if err != nil {
			return
		}
		z, err := members.find(file)
		if err != nil {
			return
		}
		at, err := z.DataOffset()
		if err != nil {
			return
		}
		raw := io.NewSectionReader(bytes.NewReader(wheel), at, int64(z.CompressedSize64))
		if err := copyChecked(io.Discard, unpack(z, raw), file); err == nil {
			t.Error("content without the right SHA-256 was accepted")
		}
	})
}

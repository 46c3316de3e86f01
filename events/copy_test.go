package events

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

// A log that is sealed anew is the same one.
func TestSeal(t *testing.T) {
	t.Parallel()
	old, k, list := newKey(t), newKey(t), invent(30, 5000, 50, 50)
	plain, _, _ := finished(t, builderOf(t, Options{}, list))
	text, _, _ := finished(t, builderOf(t, Options{Key: old}, list))
	l, err := Open(put(t, FileName, text), old)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var under, open bytes.Buffer
	if err := errors.Join(l.Seal(&under, k), l.Seal(&open, nil)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(open.Bytes(), plain) {
		t.Error("another log in plain")
	}
	again, err := Open(put(t, FileName, under.Bytes()), k)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if !slices.Equal(eventsOf(t, again), sorted(list)) {
		t.Error("other events")
	}
	if err := l.Seal(&small{room: 100}, k); !errors.Is(err, errFull) {
		t.Errorf("on a full disk: %v", err)
	}
}

// A log that is added to an empty builder gives the same log, also through a
// temporary one.
func TestAddLog(t *testing.T) {
	t.Parallel()
	first := builderOf(t, Options{}, invent(31, 5000, 50, 50))
	if err := first.Item([]byte("unused"), []byte("c1")); err != nil {
		t.Fatal(err)
	}
	if err := first.Item([]byte("bare"), nil); err != nil {
		t.Fatal(err)
	}
	want, _, _ := finished(t, first)
	b := builderOf(t, Options{Rows: 100}, nil)
	if err := b.AddLog(t.Context(), logOf(t, want)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	b.o.Scratch = dir
	l, report, err := b.Temporary(t.Context())
	if err != nil || report.Unsorted.Count != 0 || report.Unused != 2 {
		t.Fatal(report, err)
	}
	b.Close()
	var got bytes.Buffer
	if err := l.Seal(&got, nil); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Error("another log")
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

// Pseudonyms stay what they are, and are not made of pseudonyms.
func TestAddPseudonyms(t *testing.T) {
	t.Parallel()
	p, err := NewPseudonyms(newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	text, _, _ := finished(t, builderOf(t, Options{Pseudonyms: p}, invent(32, 100, 5, 5)))
	b := builderOf(t, Options{}, nil)
	if err := b.AddLog(t.Context(), logOf(t, text)); err != nil {
		t.Fatal(err)
	}
	again, info, _ := finished(t, b)
	if !info.Pseudonyms || !bytes.Equal(again, text) {
		t.Errorf("%+v", info)
	}
	if err := builderOf(t, Options{Pseudonyms: p}, nil).AddLog(t.Context(), logOf(t, text)); !errors.Is(err, formats.ErrUsage) {
		t.Error(err)
	}
}

func TestAddDamagedLog(t *testing.T) {
	t.Parallel()
	text, _, _ := finished(t, builderOf(t, Options{}, invent(33, 1000, 50, 50)))
	text[headerSize+5] ^= 1
	if err := builderOf(t, Options{}, nil).AddLog(t.Context(), logOf(t, text)); !errors.Is(err, formats.ErrCorrupt) {
		t.Error(err)
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	plain, _, _ := finished(t, builderOf(t, Options{}, nil))
	under, _, _ := finished(t, builderOf(t, Options{Key: k}, nil))
	model := bytes.Replace(under, []byte("\x06events"), []byte("\x06models"), 1)
	for _, test := range []struct {
		name    string
		text    []byte
		folder  formats.Confidence
		file    formats.Confidence
		encrypt bool
	}{
		{"plain", plain, formats.Magic, formats.Magic, false},
		{"sealed", under, formats.Magic, formats.Magic, true},
		{"of another purpose", model, formats.Medium, formats.No, false},
		{"something", []byte("user,item,time\n"), formats.Medium, formats.No, false},
		{"empty", nil, formats.Medium, formats.No, false},
	} {
		path := put(t, FileName, test.text)
		for _, way := range []struct {
			path string
			want formats.Confidence
		}{{path, test.file}, {strings.TrimSuffix(path, FileName), test.folder}} {
			f := formatstest.Folder(t, way.path)
			v := Probe(t.Context(), f)
			if v.Confidence != way.want || v.Encrypted != test.encrypt || len(v.Met)+len(v.Unmet) == 0 {
				t.Errorf("%s, %s: %+v", test.name, way.path, v)
			}
		}
	}
	f := formatstest.Folder(t, t.TempDir())
	if v := Probe(t.Context(), f); v.Confidence != formats.No || len(v.Unmet) == 0 {
		t.Errorf("%+v", v)
	}
}

// What lies on the disk while events are sorted is sealed.
func TestSpillIsSealed(t *testing.T) {
	t.Parallel()
	s, err := newSpill(t.TempDir(), newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	var plain []byte
	for i := range 100_000 {
		r := row{user: 7, item: 9, time: int64(i), value: 3, place: Place(i)}
		if err := s.add(&r); err != nil {
			t.Fatal(err)
		}
		plain = s.buf
	}
	st, err := s.f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	text := make([]byte, st.Size())
	if _, err := s.f.ReadAt(text, 0); err != nil {
		t.Fatal(err)
	}
	if len(text) < 100_000 || !bytes.HasPrefix(text, []byte("datum-sealed")) || bytes.Contains(text, bytes.Repeat(plain, 2)) {
		t.Errorf("%d bytes, %.80q", len(text), text)
	}
}

// A log in plain that is damaged is not sealed as if it were whole.
func TestSealDamaged(t *testing.T) {
	t.Parallel()
	text, _, _ := finished(t, builderOf(t, Options{}, invent(15, 1000, 50, 50)))
	x := logOf(t, text).index
	for i, b := range x.blocks {
		damaged := bytes.Clone(text)
		damaged[b.offset+int64(b.stored)/2] ^= 1
		var out bytes.Buffer
		if err := logOf(t, damaged).Seal(&out, newKey(t)); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("block %d: %v", i, err)
		}
	}
	var out bytes.Buffer
	if err := logOf(t, text).Seal(&out, nil); err != nil || !bytes.Equal(out.Bytes(), text) {
		t.Errorf("%d bytes of %d: %v", out.Len(), len(text), err)
	}
}

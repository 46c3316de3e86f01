package step

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// small is a snapshot with numbers, and an empty one to read it into.
func small() (full, empty *snapshot) {
	full = &snapshot{hash: [32]byte{1, 2, 3}, steps: 7, batches: 2, parts: []part{{"weights", 3, eachStep}, {"momentum", 2, eachStep}},
		numbers: [][]float32{{1, -2.5, math.SmallestNonzeroFloat32}, {0, float32(math.Copysign(0, -1))}}}
	empty = &snapshot{hash: full.hash, parts: full.parts, numbers: [][]float32{make([]float32, 3), make([]float32, 2)}}
	return full, empty
}

func written(t testing.TB, s *snapshot) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checksummed replaces the checksum by the right one.
func checksummed(b []byte) []byte {
	body := b[:len(b)-4]
	return binary.LittleEndian.AppendUint32(slices.Clone(body), crc32.Checksum(body, castagnoli))
}

func TestStateComesBack(t *testing.T) {
	t.Parallel()
	full, empty := small()
	b := written(t, full)
	if err := empty.read(iotest.OneByteReader(bytes.NewReader(b))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(written(t, empty), b) {
		t.Error("another state came back")
	}
	long := &snapshot{parts: []part{{"weights", 3*chunk + 1, eachStep}}, numbers: [][]float32{make([]float32, 3*chunk+1)}}
	for i := range long.numbers[0] {
		long.numbers[0][i] = float32(i)
	}
	got := &snapshot{parts: long.parts, numbers: [][]float32{make([]float32, 3*chunk+1)}}
	if err := got.read(bytes.NewReader(written(t, long))); err != nil || !slices.Equal(got.numbers[0], long.numbers[0]) {
		t.Errorf("a long state: %v", err)
	}
}

func TestStateDamaged(t *testing.T) {
	t.Parallel()
	full, _ := small()
	good := written(t, full)
	changed := func(f func(b []byte)) []byte {
		b := slices.Clone(good)
		f(b)
		return checksummed(b)
	}
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":           {nil, "cut off"},
		"something else":    {[]byte("a text that is long enough to be anything that has a head of some bytes, and more of it still"), "something else"},
		"a short text":      {[]byte("text"), "something else"},
		"a later version":   {changed(func(b []byte) { b[8] = 2 }), "version is 2"},
		"another network":   {changed(func(b []byte) { b[12]++ }), "other parameters"},
		"another optimiser": {changed(func(b []byte) { b[headParts+8]++ }), "another optimiser"},
		"a length":          {changed(func(b []byte) { b[headParts+4+4+7]++ }), "another optimiser"},
		"not a number":      {changed(func(b []byte) { copy(b[len(b)-8:], []byte{0, 0, 0xc0, 0x7f}) }), "not finite"},
		"infinite":          {changed(func(b []byte) { copy(b[len(b)-8:], []byte{0, 0, 0x80, 0xff}) }), "not finite"},
		"a bit":             {append(slices.Clone(good[:len(good)-7]), append([]byte{good[len(good)-7] ^ 1}, good[len(good)-6:]...)...), "checksum"},
		"more":              {append(slices.Clone(good), 0), "more behind"},
	} {
		_, empty := small()
		err := empty.read(bytes.NewReader(test.data))
		if !errors.Is(err, ErrState) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := range good {
		_, empty := small()
		if err := empty.read(bytes.NewReader(good[:n])); !errors.Is(err, ErrState) || !strings.Contains(err.Error(), "cut off") {
			t.Errorf("%d bytes of %d: %v", n, len(good), err)
		}
	}
	_, empty := small()
	broken := io.MultiReader(bytes.NewReader(good[:len(good)-6]), iotest.ErrReader(io.ErrClosedPipe))
	if err := empty.read(broken); !errors.Is(err, io.ErrClosedPipe) || errors.Is(err, ErrState) {
		t.Errorf("a broken reader: %v", err)
	}
}

// FuzzState reads any bytes as a state: they are one, and then come back, or refused.
func FuzzState(f *testing.F) {
	full, _ := small()
	good := written(f, full)
	f.Add(good)
	f.Add(good[:40])
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, data := range [][]byte{b, checksummed(append(slices.Clone(b), 0, 0, 0, 0))} {
			_, s := small()
			if err := s.read(bytes.NewReader(data)); err != nil {
				if !errors.Is(err, ErrState) {
					t.Error(err)
				}
			} else if !bytes.Equal(written(t, s), data) {
				t.Error("what was read is not what is written")
			}
		}
	})
}

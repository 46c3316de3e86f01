package sealed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"datum/crypto/key"
)

const headerLen = fixedHeader + len("model")

// refused checks that neither way gives out anything but a true start of plain,
// and that both end with an error that is one of want.
func refused(t *testing.T, what string, sealed, plain []byte, k *key.Key, want ...error) {
	t.Helper()
	for name, open := range ways {
		got, err := open(sealed, k, "model")
		if !slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
			t.Errorf("%s, %s: %v", what, name, err)
		}
		if !bytes.HasPrefix(plain, got) || len(got)%chunkLen != 0 {
			t.Errorf("%s, %s: %d bytes come out", what, name, len(got))
		}
	}
}

// A byte changed anywhere is noticed.
func TestEveryByteChanged(t *testing.T) {
	t.Parallel()
	k, plain := testKey(t), content(chunkLen+30)
	sealed := sealWith(t, k, "model", plain)
	for i := range sealed {
		if i > headerLen+prefixLen+64 && i < len(sealed)-200 && i%97 != 0 {
			continue // within a chunk one byte is as good as another
		}
		var want error
		switch {
		case i < len(magic):
			want = ErrNotSealed
		case i == len(magic):
			want = ErrVersion
		case i < headerLen:
			want = nil // the length or a letter of the purpose: several things, see below
		case i < headerLen+prefixLen:
			want = ErrKey
		default:
			want = ErrCorrupt
		}
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			changed := slices.Clone(sealed)
			changed[i] ^= flip
			if want == nil {
				refused(t, fmt.Sprint("byte ", i), changed, plain, k, ErrPurpose, ErrCorrupt)
			} else {
				refused(t, fmt.Sprint("byte ", i), changed, plain, k, want)
			}
		}
	}
}

// A file that ends early, or late, is noticed.
func TestEveryLength(t *testing.T) {
	t.Parallel()
	k, plain := testKey(t), content(2*chunkLen+30)
	sealed := sealWith(t, k, "model", plain)
	ends := []int{len(sealed) - 1, len(sealed) - 30, len(sealed) - 31, len(sealed) - 46, len(sealed) - 47}
	for i := range headerLen + prefixLen + 40 {
		ends = append(ends, i)
	}
	for chunk := range 3 {
		for d := -18; d <= 18; d++ {
			ends = append(ends, headerLen+prefixLen+chunk*sealedChunk+d)
		}
	}
	for _, end := range ends {
		refused(t, "cut", sealed[:end], plain, k, ErrCorrupt, ErrNotSealed)
		if end >= len(magic) {
			refused(t, "cut", sealed[:end], plain, k, ErrCorrupt)
		}
	}
	for _, more := range []int{1, 15, 16, chunkLen - 30, sealedChunk, 40_000} {
		refused(t, "extended", append(slices.Clone(sealed), make([]byte, more)...), plain, k, ErrCorrupt)
	}
}

// Chunks have their places, and their file.
func TestChunksMoved(t *testing.T) {
	t.Parallel()
	k, plain := testKey(t), content(3*chunkLen+10)
	sealed := sealWith(t, k, "model", plain)
	start := headerLen + prefixLen
	chunk := func(of []byte, i int) []byte { return of[start+i*sealedChunk : min(len(of), start+(i+1)*sealedChunk)] }
	other := sealSalted(t, k, "model", [saltLen]byte{1}, plain)
	a, b, c, d := chunk(sealed, 0), chunk(sealed, 1), chunk(sealed, 2), chunk(sealed, 3)
	for what, chunks := range map[string][][]byte{
		"exchanged":         {b, a, c, d},
		"left out":          {a, c, d},
		"doubled":           {a, b, b, c, d},
		"the last first":    {d, a, b, c},
		"the last alone":    {d},
		"without its end":   {a, b, c},
		"of another file":   {a, chunk(other, 1), c, d},
		"end of another":    {a, b, c, chunk(other, 3)},
		"nothing":           {},
		"all but the first": {b, c, d},
	} {
		moved := append(slices.Clone(sealed[:start]), slices.Concat(chunks...)...)
		refused(t, what, moved, plain, k, ErrCorrupt)
	}
}

// A wrong key and a wrong purpose are noticed before a chunk is looked at.
func TestWrongKeyBeforeAnyWork(t *testing.T) {
	k, plain := testKey(t), content(5*chunkLen)
	sealed := sealWith(t, k, "model", plain)
	wrong, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	onlyHeader := func() io.Reader {
		return io.MultiReader(bytes.NewReader(sealed[:headerLen+prefixLen]), iotest.ErrReader(errors.New("read too far")))
	}
	for _, test := range []struct {
		k       *key.Key
		purpose string
		want    error
	}{{wrong, "model", ErrKey}, {k, "compiled-model", ErrPurpose}, {k, "mode", ErrPurpose}, {wrong, "x", ErrPurpose}} {
		if _, err := NewReader(onlyHeader(), test.k, test.purpose); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, not %v", test.purpose, err, test.want)
		}
		if _, err := random(sealed, test.k, test.purpose); !errors.Is(err, test.want) {
			t.Errorf("%s, at random: %v, not %v", test.purpose, err, test.want)
		}
	}
}

// The purpose that a header names is not believed: another one has other keys,
// even where the salt and all that follows are the same.
func TestPurposeIsBound(t *testing.T) {
	k := testKey(t)
	sealed := sealWith(t, k, "model", []byte("x"))
	forged := slices.Clone(sealed)
	copy(forged[fixedHeader:], "other")
	for name, open := range ways {
		if _, err := open(forged, k, "other"); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file that shrinks after it was opened gives an error and no zeros.
func TestFileThatShrinks(t *testing.T) {
	k, plain := testKey(t), content(4*chunkLen)
	sealed := sealWith(t, k, "model", plain)
	below := bytes.NewReader(sealed)
	f, err := Open(below, int64(len(sealed)), k, "model")
	if err != nil {
		t.Fatal(err)
	}
	below.Reset(sealed[:headerLen+prefixLen+2*sealedChunk+5])
	p := make([]byte, len(plain))
	n, err := f.ReadAt(p, 0)
	if n != 2*chunkLen || !errors.Is(err, ErrCorrupt) || !bytes.Equal(p[:n], plain[:n]) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// What fails to authenticate does not get into the caller's memory.
func TestNothingBeforeAuthentication(t *testing.T) {
	k, plain := testKey(t), bytes.Repeat([]byte("secret! "), 3*chunkLen/8)
	sealed := sealWith(t, k, "model", plain)
	sealed[headerLen+prefixLen+2*sealedChunk-1] ^= 1 // the tag of the second chunk
	f, err := Open(bytes.NewReader(sealed), int64(len(sealed)), k, "model")
	if err != nil {
		t.Fatal(err)
	}
	p := make([]byte, len(plain))
	n, err := f.ReadAt(p, 0)
	if n != chunkLen || !errors.Is(err, ErrCorrupt) || bytes.Contains(p[n:], []byte("secret!")) {
		t.Errorf("at random: %d bytes, %v", n, err)
	}
	r, err := NewReader(bytes.NewReader(sealed), k, "model")
	if err != nil {
		t.Fatal(err)
	}
	clear(p)
	n, err = io.ReadFull(r, p)
	if n != chunkLen || !errors.Is(err, ErrCorrupt) || bytes.Contains(p[n:], []byte("secret!")) {
		t.Errorf("stream: %d bytes, %v", n, err)
	}
}

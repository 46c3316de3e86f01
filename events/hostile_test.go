package events

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/formats"
)

// wholly reads a log in every way there is.
func wholly(t testing.TB, path string, k *key.Key) error {
	l, err := Open(path, k)
	if err != nil {
		return err
	}
	defer l.Close()
	for _, err := range l.Histories(t.Context()) {
		if err != nil {
			return err
		}
	}
	return l.Verify(t.Context())
}

// Each byte that is changed is noticed, of a sealed log and of one in plain.
func TestEveryByteIsLookedAt(t *testing.T) {
	t.Parallel()
	k, list := newKey(t), invent(8, 300, 10, 10)
	for _, given := range []*key.Key{nil, k} {
		text, _, _ := finished(t, builderOf(t, Options{Key: given}, list))
		path := put(t, FileName, text)
		if err := wholly(t, path, given); err != nil {
			t.Fatal(err)
		}
		for i := range text {
			changed := slices.Clone(text)
			changed[i] ^= 1 << (i % 8)
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			err := wholly(t, path, given)
			known := errors.Is(err, formats.ErrCorrupt) || errors.Is(err, formats.ErrUnknownFormat) || errors.Is(err, formats.ErrKey) ||
				errors.Is(err, sealed.ErrKey) || errors.Is(err, sealed.ErrCorrupt) || errors.Is(err, sealed.ErrVersion) || errors.Is(err, sealed.ErrPurpose)
			if !known {
				t.Fatalf("sealed %v, byte %d of %d: %v", given != nil, i, len(text), err)
			}
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	k, list := newKey(t), invent(9, 300, 10, 10)
	for _, given := range []*key.Key{nil, k} {
		text, _, _ := finished(t, builderOf(t, Options{Key: given}, list))
		path := put(t, FileName, text)
		for n := len(text) - 1; n >= 0; n -= 1 + n/40 {
			if err := os.Truncate(path, int64(n)); err != nil {
				t.Fatal(err)
			}
			if err := wholly(t, path, given); err == nil {
				t.Errorf("sealed %v: %d of %d bytes are enough", given != nil, n, len(text))
			}
		}
		longer := put(t, FileName, append(text, 0))
		if err := wholly(t, longer, given); err == nil {
			t.Errorf("sealed %v: a byte more is not noticed", given != nil)
		}
	}
}

// Pieces of a sealed log that are exchanged, left out or taken from another one
// under the same key are noticed.
func TestPiecesOfSealed(t *testing.T) {
	t.Parallel()
	const header, piece = 14 + len(Purpose) + 56, 16400
	k := newKey(t)
	text, _, _ := finished(t, builderOf(t, Options{Key: k}, invent(10, 60_000, 1000, 1000)))
	other, _, _ := finished(t, builderOf(t, Options{Key: k}, invent(11, 60_000, 1000, 1000)))
	if len(text) < header+4*piece || len(other) < header+4*piece {
		t.Fatalf("%d bytes are too few", len(text))
	}
	at := func(b []byte, i int) []byte { return b[header+i*piece : header+(i+1)*piece] }
	for name, changed := range map[string][]byte{
		"exchanged": slices.Concat(text[:header], at(text, 1), at(text, 0), text[header+2*piece:]),
		"left out":  slices.Concat(text[:header+piece], text[header+2*piece:]),
		"doubled":   slices.Concat(text[:header+piece], text[header:]),
		"of other":  slices.Concat(text[:header], at(other, 0), text[header+piece:]),
		"all other": slices.Concat(text[:header], other[header:]),
	} {
		if err := wholly(t, put(t, FileName, changed), k); !errors.Is(err, sealed.ErrCorrupt) && !errors.Is(err, sealed.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// crafted writes the pieces of a log anew with right checksums, as somebody does
// who wants to be believed.
func crafted(t testing.TB, text []byte, change func(blocks [][]byte, x *index)) []byte {
	t.Helper()
	l := logOf(t, text)
	x := *l.index
	x.blocks = slices.Clone(x.blocks)
	var blocks [][]byte
	for i := range x.blocks {
		b, err := l.block(i)
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, bytes.Clone(b))
	}
	change(blocks, &x)
	out := append([]byte(magic), version)
	for i, b := range blocks {
		k := &x.blocks[i]
		k.compressed, k.stored, k.raw, k.checksum = false, len(b), len(b), crc32.Checksum(b, checksums)
		out = append(out, b...)
	}
	end := x.appendTo(nil)
	out = append(out, end...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(end)))
	out = binary.LittleEndian.AppendUint32(out, crc32.Checksum(end, checksums))
	return append(out, magic...)
}

// A log in plain whose checksums are right is not believed either.
func TestCrafted(t *testing.T) {
	t.Parallel()
	list := invent(12, 3*chunkEvents, 1000, 1000)
	text, _, _ := finished(t, builderOf(t, Options{}, list))
	if n := len(logOf(t, text).index.blocks); n < 6 {
		t.Fatalf("%d blocks", n)
	}
	swap := func(b [][]byte, x *index, i, j int) {
		b[i], b[j] = b[j], b[i]
		x.blocks[i], x.blocks[j] = x.blocks[j], x.blocks[i]
	}
	for name, test := range map[string]struct {
		change func(b [][]byte, x *index)
		bad    bool
	}{
		"the same":         {func([][]byte, *index) {}, false},
		"exchanged chunks": {func(b [][]byte, x *index) { swap(b, x, 0, 1) }, true},
		"kinds not in order": {func(b [][]byte, x *index) {
			swap(b, x, len(b)-1, len(b)-2)
		}, true},
		"a chunk of names":      {func(b [][]byte, x *index) { b[0] = b[len(b)-1] }, true},
		"more users":            {func(_ [][]byte, x *index) { x.info.Users++ }, true},
		"fewer items":           {func(_ [][]byte, x *index) { x.info.Items-- }, true},
		"more events":           {func(_ [][]byte, x *index) { x.info.Events++ }, true},
		"another time":          {func(_ [][]byte, x *index) { x.info.First-- }, true},
		"times turned round":    {func(_ [][]byte, x *index) { x.info.First, x.info.Last = x.info.Last, x.info.First }, true},
		"no users":              {func(b [][]byte, _ *index) { b[0][0] = 0 }, true},
		"a block without names": {func(b [][]byte, x *index) { x.blocks[len(b)-1].count = 0 }, true},
		"a byte more":           {func(b [][]byte, x *index) { b[0] = append(b[0], 0) }, true},
		"a byte less":           {func(b [][]byte, x *index) { b[0] = b[0][:len(b[0])-1] }, true},
		"the same chunk twice":  {func(b [][]byte, x *index) { b[1], x.blocks[1] = b[0], x.blocks[0] }, true},
	} {
		path := put(t, FileName, crafted(t, text, test.change))
		err := wholly(t, path, nil)
		if test.bad != errors.Is(err, formats.ErrCorrupt) || !test.bad && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Numbers of events that together are more than there are, or fewer, are refused before
// anybody adds them up: they may be so large that the sum goes round.
func TestCraftedCounts(t *testing.T) {
	t.Parallel()
	text, _, _ := finished(t, builderOf(t, Options{}, []made{{"u", "a", 1, 1}, {"u", "b", 2, 1}, {"u", "c", 3, 1}}))
	items := func(counts ...uint64) []byte {
		var b []byte
		for i, n := range counts {
			b = append(binary.AppendUvarint(b, n), 0, 1, byte('a'+i))
		}
		return b
	}
	for name, test := range map[string]struct {
		counts []uint64
		good   bool
	}{
		"as many":        {[]uint64{1, 1, 1}, true},
		"more":           {[]uint64{2, 1, 1}, false},
		"fewer":          {[]uint64{1, 1, 0}, false},
		"going round":    {[]uint64{math.MaxInt64, math.MaxInt64, math.MaxInt64}, false},
		"of one of them": {[]uint64{3, 0, 0}, true},
	} {
		l := logOf(t, crafted(t, text, func(b [][]byte, _ *index) { b[2] = items(test.counts...) }))
		if _, err := l.Vocabularies(); test.good && err != nil || !test.good && !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A user of more events than fit into memory, which are short where they are equal, is
// refused before they are in it.
func TestLongestHistory(t *testing.T) {
	t.Parallel()
	var list []made
	for i := range 3 * chunkEvents {
		list = append(list, made{"u", "a", int64(i), 1})
	}
	text, _, _ := finished(t, builderOf(t, Options{}, append(list, made{"v", "a", 1, 1})))
	for longest, good := range map[int]bool{3 * chunkEvents: true, 3*chunkEvents - 1: false, 2 * chunkEvents: false} {
		l := logOf(t, text)
		if l.longest != LongestHistory {
			t.Fatalf("%d events of a history", l.longest)
		}
		l.longest = longest
		var err error
		histories := 0
		for h, e := range l.Histories(t.Context()) {
			if err = e; err == nil && len(h.Items) > longest {
				t.Errorf("a history of %d", len(h.Items))
			}
			histories++
		}
		if good && (err != nil || histories != 2) || !good && !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%d: %d histories, %v", longest, histories, err)
		}
	}
}

// Numbers that a chunk may not hold, one at a time.
func TestCraftedChunks(t *testing.T) {
	t.Parallel()
	number := func(b []byte, list ...uint64) []byte {
		for _, n := range list {
			b = binary.AppendUvarint(b, n)
		}
		return b
	}
	value := func(b []byte, v float64) []byte { return binary.LittleEndian.AppendUint64(b, math.Float64bits(v)) }
	// Two users (1, 3), with 1 and 2 events, items 1 to 3, times from 10, value 1.
	good := value(number(nil, 2, 1, 2, 1, 2, 1, 2, 3, 20, 0, 5, 1, 1), 1)
	for name, test := range map[string]struct {
		chunk []byte
		good  bool
	}{
		"good":                  {good, true},
		"user 0":                {value(number(nil, 2, 0, 2, 1, 2, 1, 2, 3, 20, 0, 5, 1, 1), 1), false},
		"a user twice":          {value(number(nil, 2, 1, 0, 1, 2, 1, 2, 3, 20, 0, 5, 1, 1), 1), false},
		"user 4 of 3":           {value(number(nil, 2, 1, 3, 1, 2, 1, 2, 3, 20, 0, 5, 1, 1), 1), false},
		"a user of none":        {value(number(nil, 2, 1, 2, 0, 3, 1, 2, 3, 20, 0, 5, 1, 1), 1), false},
		"an event of no user":   {value(number(nil, 2, 1, 2, 1, 1, 1, 2, 3, 20, 0, 5, 1, 1), 1), false},
		"an event too much":     {value(number(nil, 2, 1, 2, 1, 3, 1, 2, 3, 20, 0, 5, 1, 1), 1), false},
		"users beyond events":   {value(number(nil, 4, 1, 1, 1, 1, 1, 1, 1, 1), 1), false},
		"item 0":                {value(number(nil, 2, 1, 2, 1, 2, 1, 0, 3, 20, 0, 5, 1, 1), 1), false},
		"item 4 of 3":           {value(number(nil, 2, 1, 2, 1, 2, 1, 4, 3, 20, 0, 5, 1, 1), 1), false},
		"a time beyond all":     {value(number(nil, 2, 1, 2, 1, 2, 1, 2, 3, 20, 0, 5, math.MaxInt64, 1), 1), false},
		"no number":             {value(number(nil, 2, 1, 2, 1, 2, 1, 2, 3, 20, 0, 5, 1, 1), math.NaN()), false},
		"many tables":           {value(number(nil, 2, 1, 2, 1, 2, 1, 2, 3, 20, 0, 5, 1, 257), 1), false},
		"a value not in table":  {append(value(value(number(nil, 2, 1, 2, 1, 2, 1, 2, 3, 20, 0, 5, 1, 2), 1), 2), 0, 1, 2), false},
		"values in a table":     {append(value(value(number(nil, 2, 1, 2, 1, 2, 1, 2, 3, 20, 0, 5, 1, 2), 1), 2), 0, 1, 1), true},
		"too few in table":      {append(value(value(number(nil, 2, 1, 2, 1, 2, 1, 2, 3, 20, 0, 5, 1, 2), 1), 2), 0, 1), false},
		"values as they are":    {value(value(value(number(nil, 2, 1, 2, 1, 2, 1, 2, 3, 20, 0, 5, 1, 0), 1), 2), 3), true},
		"too few as they are":   {value(value(number(nil, 2, 1, 2, 1, 2, 1, 2, 3, 20, 0, 5, 1, 0), 1), 2), false},
		"something behind":      {append(good[:len(good):len(good)], 0), false},
		"nothing":               {nil, false},
		"a number without end":  {bytes.Repeat([]byte{0xff}, 20), false},
		"a number of 64 bits":   {number(nil, math.MaxUint64), false},
		"cut in the last value": {good[:len(good)-1], false},
	} {
		var c Chunk
		err := c.decode(test.chunk, 3, 3, 3)
		if (err == nil) != test.good {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && !bytes.Equal(c.appendTo(nil), test.chunk) && name != "values as they are" {
			t.Errorf("%s: another chunk", name)
		}
	}
}

func TestNoLog(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	list := invent(13, 100, 5, 5)
	plain, _, _ := finished(t, builderOf(t, Options{}, list))
	under, _, _ := finished(t, builderOf(t, Options{Key: k}, list))
	newer := slices.Clone(plain)
	newer[len(magic)]++
	var model bytes.Buffer
	w, err := sealed.NewWriter(&model, k, "model")
	if err == nil {
		_, err = w.Write(plain)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		text []byte
		key  *key.Key
		want error
	}{
		{"empty", nil, nil, formats.ErrUnknownFormat},
		{"text", []byte("user,item,time\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n"), nil, formats.ErrUnknownFormat},
		{"newer", newer, nil, formats.ErrUnknownFormat},
		{"a model", model.Bytes(), k, sealed.ErrPurpose},
		{"no key", under, nil, formats.ErrKey},
		{"another key", under, newKey(t), sealed.ErrKey},
		{"a key for plain", plain, k, formats.ErrKey},
	} {
		path := put(t, FileName, test.text)
		if err := wholly(t, path, test.key); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
		if err := wholly(t, filepath.Dir(path), test.key); !errors.Is(err, test.want) {
			t.Errorf("%s, by its folder: %v, want %v", test.name, err, test.want)
		}
	}
	for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none"), filepath.Join(t.TempDir(), "none", "none")} {
		if err := wholly(t, path, nil); !errors.Is(err, formats.ErrUnknownFormat) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("where nothing is: %v", err)
		}
	}
}

// failing is a disk that fails at a place.
type failing struct {
	io.ReaderAt
	from int64
}

var errDisk = errors.New("the disk")

func (f failing) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > f.from && at <= f.from {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(b, at)
}

func TestDiskFails(t *testing.T) {
	t.Parallel()
	text, _, _ := finished(t, builderOf(t, Options{}, invent(14, 1000, 50, 50)))
	for at := range int64(len(text)) {
		l, err := Read(failing{bytes.NewReader(text), at}, int64(len(text)))
		if err == nil {
			err = l.Verify(t.Context())
			l.Close()
		}
		if !errors.Is(err, errDisk) {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
}

package bundle

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"datum/crypto/key"
	"datum/formats"
	"datum/models/ctr"
	"datum/models/modelfile"
	"datum/train/parameters"
)

// Load reads the model at path. A sealed one needs its key, which is checked before
// anything else is done; of a plain one k may be nil. Errors match the sentinels of
// package formats.
func Load(ctx context.Context, path string, k *key.Key) (*Model, error) {
	f, err := modelfile.Open(path, k)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Open(ctx, f)
}

// Open reads the model of a file that was opened.
func Open(ctx context.Context, f *modelfile.File) (*Model, error) {
	if f.Kind != modelfile.Clicks {
		return nil, formats.WithHint(&formats.Error{Path: f.Path, Err: formats.Reason(formats.ErrUnknownFormat, "it is no click-through model")}, "datum train ctr makes one")
	}
	bytes, err := f.Load(ctx)
	if err != nil {
		return nil, err
	}
	defer bytes.Close()
	m, err := Parse(bytes.Model)
	if err != nil {
		return nil, &formats.Error{Path: f.Path, Err: formats.Reason(formats.ErrCorrupt, "%w", err)}
	}
	return m, nil
}

// Parse reads a model in plain. It keeps nothing of b.
func Parse(b []byte) (*Model, error) {
	const end = 4
	if len(b) < len(magic)+end || string(b[:len(modelfile.ClicksMark)]) != modelfile.ClicksMark {
		return nil, fmt.Errorf("%w: it begins with something else", ErrModel)
	}
	if string(b[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: it was made by a newer version of this program", ErrModel)
	}
	content := b[:len(b)-end]
	if crc32.Checksum(content, castagnoli) != binary.LittleEndian.Uint32(b[len(content):]) {
		return nil, fmt.Errorf("%w: it is damaged, or not whole", ErrModel)
	}
	r := &reader{b: content[len(magic):]}
	m := r.model()
	if r.err != nil {
		return nil, r.err
	}
	if len(r.b) > 0 {
		return nil, fmt.Errorf("%w: it has %d bytes too many", ErrModel, len(r.b))
	}
	return m, m.Check()
}

// A reader takes a file apart. After an error there is nothing left to read.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err, r.b = err, nil
	}
}

// take returns the next n bytes.
func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.fail(fmt.Errorf("%w: it is not whole", ErrModel))
		return nil
	}
	piece := r.b[:n]
	r.b = r.b[n:]
	return piece
}

// fits says whether n pieces of so many bytes can still come.
func (r *reader) fits(n, each int) bool {
	if n < 0 || n > len(r.b)/each {
		r.fail(fmt.Errorf("%w: it is not whole", ErrModel))
		return false
	}
	return true
}

func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) model() *Model {
	var h head
	text := r.take(int(r.uint32()))
	if r.err == nil {
		if err := json.Unmarshal(text, &h); err != nil {
			r.fail(fmt.Errorf("%w: its head: %w", ErrModel, err))
		}
	}
	if r.err != nil {
		return nil
	}
	n, err := ctr.New(h.Network)
	if err == nil {
		if hash := n.Parameters().Hash(); hex.EncodeToString(hash[:]) != h.Parameters {
			err = errors.New("its network has other parameters than this program knows")
		}
	}
	if err != nil {
		r.fail(fmt.Errorf("%w: %w", ErrModel, err))
		return nil
	}
	m := &Model{Config: n.Config, Protocol: h.Protocol, Training: h.Training, Pseudonyms: h.Pseudonyms}
	m.Users, m.Items, m.Categories = r.names(h.Users), r.names(h.Items), r.names(h.Categories)
	m.Category = r.categories(h.Items)
	for i, count := range []int{h.Users, h.Items, h.Categories} {
		*m.tables()[i].rows = r.rows(count, n.Embedding)
	}
	m.Values = parameters.Values{}
	for _, p := range n.Parameters().All() {
		m.Values[p.Name] = r.numbers(p.Size())
	}
	return m
}

// names reads so many names, which are at least two bytes each.
func (r *reader) names(count int) *Names {
	if !r.fits(count, 2) {
		return nil
	}
	list := make([]string, 1, count+1)
	for range count {
		length, n := binary.Uvarint(r.b)
		if n <= 0 || length > LongestName {
			r.fail(fmt.Errorf("%w: a name is none", ErrModel))
			return nil
		}
		r.take(n)
		list = append(list, string(r.take(int(length))))
	}
	if r.err != nil {
		return nil
	}
	names, err := NewNames(list)
	if err != nil {
		r.fail(err)
	}
	return names
}

func (r *reader) categories(items int) []uint32 {
	if !r.fits(items, 4) || !r.fits(items+1, 4) {
		return nil
	}
	list := make([]uint32, items+1)
	for i := range list {
		list[i] = r.uint32()
	}
	return list
}

// rows reads a table, of which row 0 comes on top of what is counted.
func (r *reader) rows(count, width int) []float32 {
	if !r.fits(count, 4*width) {
		return nil
	}
	return r.numbers((count + 1) * width)
}

func (r *reader) numbers(n int) []float32 {
	if !r.fits(n, 4) {
		return nil
	}
	b := r.take(4 * n)
	list := make([]float32, n)
	for i := range list {
		list[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return list
}

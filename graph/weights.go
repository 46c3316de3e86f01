package graph

import (
	"errors"
	"fmt"
	"io"
	"sort"
)

// weightsAlign is what the place of a new constant is a multiple of: a line of
// the cache, which is enough for every instruction that reads them.
const weightsAlign = 64

// Weights are the bytes of a model's constants. What they are made of stays
// where it is (a mapped file, decrypted memory, slices of the caller), so its
// owner must neither change nor free it while the model is in use.
type Weights struct {
	pieces []piece
	size   int64
	small  map[string]int64 // where small constants lie that were placed
}

// maxRemembered bounds the constants whose place is remembered, so that the
// same small value in many bodies lies in the weights once.
const maxRemembered = 64

// place returns where data lies, and appends it where it does not yet.
func (w *Weights) place(data []byte) int64 {
	if len(data) > maxRemembered {
		return w.Append(data)
	}
	at, ok := w.small[string(data)]
	if !ok {
		at = w.Append(data)
		if w.small == nil {
			w.small = map[string]int64{}
		}
		w.small[string(data)] = at
	}
	return at
}

// A piece is what lies at one place of the weights.
type piece struct {
	at   int64
	data []byte
}

// NewWeights returns weights that begin with data, by reference.
func NewWeights(data []byte) *Weights {
	w := &Weights{size: int64(len(data))}
	if len(data) > 0 {
		w.pieces = append(w.pieces, piece{0, data})
	}
	return w
}

// Size is the length of the weights.
func (w *Weights) Size() int64 { return w.size }

// Append puts data behind what is there, by reference, and returns its place.
func (w *Weights) Append(data []byte) int64 {
	at := (w.size + weightsAlign - 1) / weightsAlign * weightsAlign
	w.pieces = append(w.pieces, piece{at, data})
	w.size = at + int64(len(data))
	return at
}

// Slice returns a range of the weights, which must lie in one of the pieces.
func (w *Weights) Slice(at, size int64) ([]byte, error) {
	if at < 0 || size < 0 || size > w.size || at > w.size-size {
		return nil, fmt.Errorf("%d bytes at %d are outside of the weights, which have %d", size, at, w.size)
	}
	if size == 0 {
		return []byte{}, nil
	}
	i := sort.Search(len(w.pieces), func(i int) bool { return w.pieces[i].at > at }) - 1
	if p := w.pieces[i]; at-p.at+size <= int64(len(p.data)) {
		return p.data[at-p.at : at-p.at+size : at-p.at+size], nil
	}
	return nil, fmt.Errorf("%d bytes at %d lie across constants", size, at)
}

// Appended returns what lies behind the first base bytes, for who has those
// already in place (in a mapped file with room behind it).
func (w *Weights) Appended(base int64) ([]byte, error) {
	if base < 0 || base > w.size {
		return nil, fmt.Errorf("the weights have %d bytes and no %d", w.size, base)
	}
	b := make([]byte, w.size-base)
	for _, p := range w.pieces {
		if p.at >= base {
			copy(b[p.at-base:], p.data)
		} else if end := p.at + int64(len(p.data)); end > base {
			copy(b, p.data[base-p.at:])
		}
	}
	return b, nil
}

// CopyTo fills dst, which must be as long as the weights are.
func (w *Weights) CopyTo(dst []byte) error {
	if int64(len(dst)) != w.size {
		return fmt.Errorf("the weights have %d bytes, the memory for them %d", w.size, len(dst))
	}
	end := int64(0)
	for _, p := range w.pieces {
		clear(dst[end:p.at])
		end = p.at + int64(copy(dst[p.at:], p.data))
	}
	return nil
}

// Bytes returns the weights in one piece: the memory that they were made with
// where nothing was appended, else a copy.
func (w *Weights) Bytes() []byte {
	if len(w.pieces) == 1 && w.pieces[0].at == 0 {
		return w.pieces[0].data
	}
	b := make([]byte, w.size)
	if err := w.CopyTo(b); err != nil {
		panic(err) // the length is right
	}
	return b
}

// WriteTo writes the weights as OpenVINO's .bin file has them.
func (w *Weights) WriteTo(out io.Writer) (int64, error) {
	var padding [weightsAlign]byte
	done := int64(0)
	for _, p := range w.pieces {
		for _, b := range [][]byte{padding[:p.at-done], p.data} {
			n, err := out.Write(b)
			done += int64(n)
			if err != nil {
				return done, fmt.Errorf("writing the weights: %w", err)
			}
		}
	}
	return done, nil
}

// errNoWeights is what constants of a model say that was read without weights.
var errNoWeights = errors.New("the model was read without its weights")

package modelfile

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"datum/crypto/key"
	"datum/formats"
	"datum/internal/privatemem"
)

// A Model is a model in memory, in the form that the runtime reads it from.
type Model struct {
	Kind Kind
	// Model is the XML of an IR, the file of ONNX or TensorFlow, or what was
	// compiled. Weights
	// are those of an IR, and nil otherwise. Both are gone after Close: nobody may
	// look at them then, the runtime neither.
	Model, Weights []byte
	// Hash tells models apart, whatever files they lie in, plain or sealed.
	Hash Hash
	// Sealed says that the model lay on the disk under a key.
	Sealed bool

	memory []*privatemem.Memory
}

// Load opens the model at path and brings it into memory.
func Load(ctx context.Context, path string, k *key.Key) (*Model, error) {
	f, err := Open(path, k)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Load(ctx)
}

// Load brings the model into memory, see package privatemem, and checks its
// hashes.
func (f *File) Load(ctx context.Context) (*Model, error) {
	m := &Model{Kind: f.Kind, Sealed: f.Sealed}
	all := sha256.New()
	for i := range f.Parts {
		part, err := f.loadPart(ctx, i, m)
		if err != nil {
			m.Close()
			return nil, err
		}
		if i == 0 {
			m.Model = part
		} else {
			m.Weights = part
		}
		p := &f.Parts[i]
		fmt.Fprintf(all, "%s %d ", p.Role, p.Size)
		all.Write(p.SHA256[:])
	}
	m.Hash = Hash(all.Sum(nil))
	return m, nil
}

func (f *File) loadPart(ctx context.Context, i int, m *Model) ([]byte, error) {
	mem, err := privatemem.New(f.Parts[i].Size)
	if err != nil {
		return nil, &formats.Error{Path: f.Path, Err: fmt.Errorf("no memory for the %d bytes of %s: %w", f.Parts[i].Size, f.Parts[i].Name, err)}
	}
	m.memory = append(m.memory, mem)
	b := mem.Bytes()
	err = f.read(ctx, i,
		func(at int64) []byte { return b[at:min(at+copyPiece, int64(len(b)))] },
		func([]byte) error { return nil })
	return b, err
}

// Close clears the model and gives its memory back. Closing twice does no harm.
func (m *Model) Close() error {
	var err error
	for _, mem := range m.memory {
		err = errors.Join(err, mem.Free())
	}
	m.Model, m.Weights, m.memory = nil, nil, nil
	return err
}

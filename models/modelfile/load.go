package modelfile

import (
	"context"
	"crypto/sha256"
	"fmt"

	"datum/crypto/key"
	"datum/formats"
)

// A Model is a model in memory, in the form that the runtime reads it from.
type Model struct {
	Kind Kind
	// Model is the XML of an IR, the file of ONNX, or what was compiled. Weights
	// are those of an IR, and nil otherwise. Both are gone after Close: nobody may
	// look at them then, the runtime neither.
	Model, Weights []byte
	// Hash tells models apart, whatever files they lie in, plain or sealed.
	Hash Hash
	// Sealed says that the model lay on the disk under a key.
	Sealed bool

	memory []*memory
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

// Load brings the model into memory that is neither swapped into core dumps nor
// moved, and checks its hashes.
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
	mem, err := newMemory(f.Parts[i].Size)
	if err != nil {
		return nil, &formats.Error{Path: f.Path, Err: fmt.Errorf("no memory for the %d bytes of %s: %w", f.Parts[i].Size, f.Parts[i].Name, err)}
	}
	m.memory = append(m.memory, mem)
	err = f.read(ctx, i,
		func(at int64) []byte { return mem.bytes[at:min(at+copyPiece, int64(len(mem.bytes)))] },
		func([]byte) error { return nil })
	return mem.bytes, err
}

// Close clears the model and gives its memory back. Closing twice does no harm.
func (m *Model) Close() error {
	var err error
	for _, mem := range m.memory {
		err = mem.free()
	}
	m.Model, m.Weights, m.memory = nil, nil, nil
	return err
}

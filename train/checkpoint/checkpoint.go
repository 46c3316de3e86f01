// Package checkpoint is what checkpoints of all trainings have in common. One begins with
// a magic number and, as JSON, how far the training has come and what it depends on; the
// state that it goes on with is behind that, and each kind's own. Who goes on has to be
// the same training.
package checkpoint

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"datum/formats"
)

// A Store keeps the checkpoint of a training. What is saved appears at once or not at all.
type Store interface {
	// SaveCheckpoint replaces the checkpoint by what write writes.
	SaveCheckpoint(ctx context.Context, write func(io.Writer) error) error
	// OpenCheckpoint opens the checkpoint. What is read has been authenticated where it was
	// sealed.
	OpenCheckpoint(ctx context.Context) (io.ReadCloser, error)
}

// A Kind is that of the checkpoints of one kind of training.
type Kind struct {
	// Magic is what they begin with, Of whose they are, as an error says it.
	Magic, Of string
	// Most is how many bytes the progress may have.
	Most uint64
}

// Write writes how far a training has come, as JSON.
func (k *Kind) Write(w io.Writer, progress any) error {
	text, err := json.Marshal(progress)
	if err != nil {
		return err
	}
	head := binary.LittleEndian.AppendUint64([]byte(k.Magic), uint64(len(text)))
	_, err = w.Write(append(head, text...))
	return err
}

// Read reads what Write has written, and nothing of what is behind it.
func (k *Kind) Read(r io.Reader, progress any) error {
	head := make([]byte, len(k.Magic)+8)
	if _, err := io.ReadFull(r, head); err != nil || string(head[:len(k.Magic)]) != k.Magic {
		return formats.Reason(formats.ErrCorrupt, "this is no checkpoint of %s", k.Of)
	}
	n := binary.LittleEndian.Uint64(head[len(k.Magic):])
	if n > k.Most {
		return formats.Reason(formats.ErrCorrupt, "the checkpoint says that its progress has %d bytes", n)
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(n)))
	if err != nil || uint64(len(text)) != n {
		return formats.Reason(formats.ErrCorrupt, "the checkpoint is not whole")
	}
	return Damaged(json.Unmarshal(text, progress))
}

// End reads to the end, which is where a sealed checkpoint is known to be whole.
func End(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return Damaged(err)
}

// Damaged says that an error is one of what a checkpoint has in it; nil stays nil.
func Damaged(err error) error {
	if err == nil {
		return nil
	}
	return formats.Reason(formats.ErrCorrupt, "the checkpoint: %w", err)
}

// Same compares the settings of a checkpoint with those of the training that is to go on,
// and names the first of these that is another one.
func Same(was, is map[string]string) error {
	for _, what := range slices.Sorted(maps.Keys(is)) {
		if was[what] != is[what] {
			return Differs(what, was[what], is[what])
		}
	}
	return nil
}

// Differs says that something is not what it was.
func Differs(what string, was, is any) error {
	return formats.WithHint(formats.Reason(formats.ErrUsage, "the checkpoint is of a training with %s %v, not %v", what, was, is),
		"give the same %s, or train anew without --resume", what)
}

// Package rundir is the folder that a training writes: the best model, a
// checkpoint to go on from, and curves.
//
//	model.sealed                 or model.xml and model.bin, or model.datumctr
//	checkpoint.sealed            or checkpoint
//	events.out.tfevents.…        for TensorBoard
//	curves.html                  the same as a page
//
// With a key, model and checkpoint are sealed under it, and are never anywhere
// in plain. Curves are numbers about the training, and are plain.
package rundir

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/formats"
	"datum/graph"
	"datum/internal/atomicdir"
	"datum/models/ctr/bundle"
	"datum/models/modelfile"
)

// checkpointPurpose is for what checkpoints are sealed.
const checkpointPurpose = "checkpoint"

// A Dir is a folder of a training. It is a [trainer.Store].
type Dir struct {
	// Path is the folder, Key that of what is written, nil for plain files.
	Path string
	Key  *key.Key
	// Clicks says that the model is one of click-through, of one file.
	Clicks bool
}

// Names of the files.
const (
	sealedModel, plainModel, plainWeights = "model.sealed", "model.xml", "model.bin"
	plainClicks                           = "model.datumctr"
	sealedCheckpoint, plainCheckpoint     = "checkpoint.sealed", "checkpoint"
	// Curves is the page of curves.
	Curves = "curves.html"
)

// Begin makes the folder for a new training. What an older one left there is an
// error, unless it may be replaced: then its model and checkpoint are removed.
func (d *Dir) Begin(overwrite bool) error {
	entries, err := os.ReadDir(d.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(d.Path, 0o777)
	}
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	if !overwrite {
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it exists already", d.Path), "--resume goes on with a training that was interrupted, --overwrite begins anew")
	}
	if !d.isRun() {
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it exists and is no folder of a training", d.Path), "name another folder, or empty this one yourself")
	}
	for _, pattern := range []string{sealedModel, plainModel, plainWeights, plainClicks, sealedCheckpoint, plainCheckpoint, Curves, "events.out.tfevents.*"} {
		found, err := filepath.Glob(filepath.Join(d.Path, pattern))
		if err != nil {
			return err
		}
		for _, file := range found {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	return nil
}

// Continue looks whether there is a training to go on with: a checkpoint that the key
// opens.
func (d *Dir) Continue(ctx context.Context) error {
	r, err := d.OpenCheckpoint(ctx)
	if err != nil {
		return err
	}
	return r.Close()
}

// isRun reports whether there is something that a training has written.
func (d *Dir) isRun() bool {
	for _, name := range []string{sealedModel, plainModel, plainClicks, sealedCheckpoint, plainCheckpoint} {
		if st, err := os.Lstat(filepath.Join(d.Path, name)); err == nil && st.Mode().IsRegular() {
			return true
		}
	}
	found, _ := filepath.Glob(filepath.Join(d.Path, "events.out.tfevents.*"))
	return len(found) > 0
}

// Model is the path of the model.
func (d *Dir) Model() string {
	switch {
	case d.Key != nil:
		return filepath.Join(d.Path, sealedModel)
	case d.Clicks:
		return filepath.Join(d.Path, plainClicks)
	}
	return filepath.Join(d.Path, plainModel)
}

// Checkpoint is the path of the checkpoint.
func (d *Dir) Checkpoint() string {
	if d.Key != nil {
		return filepath.Join(d.Path, sealedCheckpoint)
	}
	return filepath.Join(d.Path, plainCheckpoint)
}

// SaveModel replaces the model.
func (d *Dir) SaveModel(ctx context.Context, m *graph.Model) error {
	if d.Key != nil {
		return atomicdir.WriteFile(ctx, d.Model(), 0o600, func(w io.Writer) error {
			return modelfile.SealIR(w, d.Key, "model", m.XML(), m.Weights().Bytes())
		})
	}
	dir, err := atomicdir.StageFiles(filepath.Join(d.Path, plainModel), filepath.Join(d.Path, plainWeights))
	if err != nil {
		return err
	}
	defer dir.Abort()
	for i, data := range [][]byte{m.XML(), m.Weights().Bytes()} {
		if err := os.WriteFile(dir.FilePath(i), data, 0o666); err != nil {
			return err
		}
	}
	return dir.CommitFiles(ctx, nothing)
}

// SaveClicks replaces the model of click-through.
func (d *Dir) SaveClicks(ctx context.Context, m *bundle.Model) error {
	return m.Save(ctx, d.Model(), d.Key)
}

func nothing() error { return nil }

// SaveCheckpoint replaces the checkpoint.
func (d *Dir) SaveCheckpoint(ctx context.Context, write func(io.Writer) error) error {
	return atomicdir.WriteFile(ctx, d.Checkpoint(), 0o600, func(w io.Writer) error {
		if d.Key == nil {
			return write(w)
		}
		out, err := sealed.NewWriter(w, d.Key, checkpointPurpose)
		if err != nil {
			return err
		}
		if err := write(out); err != nil {
			return err
		}
		return out.Close()
	})
}

// OpenCheckpoint opens the checkpoint.
func (d *Dir) OpenCheckpoint(context.Context) (io.ReadCloser, error) {
	f, err := os.Open(d.Checkpoint())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%s: there is no checkpoint of a training to go on with", d.Path), "train without --resume")
	}
	if err != nil || d.Key == nil {
		return f, err
	}
	r, err := sealed.NewReader(f, d.Key, checkpointPurpose)
	if err != nil {
		f.Close()
		return nil, &formats.Error{Path: d.Checkpoint(), Err: trouble(err)}
	}
	return readCloser{r, f}, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// trouble says what a caller has to know about a sealed file that cannot be read.
func trouble(err error) error {
	switch {
	case errors.Is(err, sealed.ErrKey):
		return formats.Reason(formats.ErrKey, "%w", err)
	case errors.Is(err, sealed.ErrCorrupt), errors.Is(err, sealed.ErrNotSealed), errors.Is(err, sealed.ErrPurpose):
		return formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	return err
}

// WriteFile replaces any other file of the folder.
func (d *Dir) WriteFile(ctx context.Context, name string, content func(io.Writer) error) error {
	return atomicdir.WriteFile(ctx, filepath.Join(d.Path, name), 0o666, content)
}

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
	"slices"
	"strings"

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

// A Dir is a folder of a training. It is the Store of packages trainer and clicktrainer.
type Dir struct {
	// Path is the folder, Key that of what is written, nil for plain files.
	Path string
	Key  *key.Key
	// Clicks says that the model is one of click-through, of one file.
	Clicks bool

	locked *os.File // the folder, while it is ours
	made   bool     // by Begin
	older  []string // files of an older training, which go when there is something new
}

// Names of the files.
const (
	sealedModel, plainModel, plainWeights = "model.sealed", "model.xml", "model.bin"
	plainClicks                           = "model.datumctr"
	sealedCheckpoint, plainCheckpoint     = "checkpoint.sealed", "checkpoint"
	// Curves is the page of curves.
	Curves = "curves.html"
	// Events of TensorBoard have the name of who wrote them in theirs.
	events, ourEvents = "events.out.tfevents.", ".datum."
)

// Begin makes the folder for a new training, and keeps others out of it. What an older
// one left there is an error, unless it may be replaced, or came to nothing: then it
// goes when the new one has its first model; its checkpoint, when the new one has one.
func (d *Dir) Begin(overwrite bool) error {
	_, err := os.Stat(d.Path)
	d.made = errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(d.Path, 0o777); err != nil {
		return err
	}
	if err := d.lock(); err != nil {
		return err
	}
	if err := d.begin(overwrite); err != nil {
		return errors.Join(err, d.Close())
	}
	return nil
}

func (d *Dir) begin(overwrite bool) error {
	entries, err := os.ReadDir(d.Path)
	if err != nil || len(entries) == 0 {
		return err
	}
	if !overwrite && !d.Abandoned() {
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it exists already", d.Path), "--resume goes on with a training that was interrupted, --overwrite begins anew")
	}
	results, curves := d.written()
	if d.older = append(results, curves...); len(d.older) == 0 {
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it exists and is no folder of a training", d.Path), "name another folder, or empty this one yourself")
	}
	return nil
}

// Continue looks whether there is a training to go on with, a checkpoint that the key
// opens, and keeps others out of the folder.
func (d *Dir) Continue(ctx context.Context) error {
	r, err := d.OpenCheckpoint(ctx)
	if err != nil {
		return err
	}
	return errors.Join(r.Close(), d.lock())
}

// Abandoned reports whether all there is in the folder is the beginning of a training
// that was killed in its first epoch. Nothing is lost when another one begins there.
func (d *Dir) Abandoned() bool {
	entries, _ := os.ReadDir(d.Path)
	return len(entries) > 0 && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !isEvents(e.Name()) })
}

func isEvents(name string) bool {
	return strings.HasPrefix(name, events) && strings.Contains(name, ourEvents)
}

// Withdraw takes back what a training has begun that came to no model: its events, and
// the folder if it was made for it. It reports whether all is as it was before; where
// there is a model or a checkpoint of this training, nothing is removed.
func (d *Dir) Withdraw() bool {
	own := func(file string) bool { return !slices.Contains(d.older, file) }
	results, curves := d.written()
	if slices.ContainsFunc(results, own) {
		return false
	}
	for _, file := range slices.DeleteFunc(curves, func(file string) bool { return !own(file) }) {
		os.Remove(file)
	}
	if d.made {
		os.Remove(d.Path) // not where others have put something into it
	}
	return true
}

// Holds reports what there is of this training, and not only of an older one that it
// replaces.
func (d *Dir) Holds() (model, checkpoint bool) {
	own := func(path string) bool {
		_, err := os.Stat(path)
		return err == nil && !slices.Contains(d.older, path)
	}
	return own(d.Model()), own(d.Checkpoint())
}

// NoModelYet says that no epoch of this training has ended: a model that lies there is
// that of an older one, as where a training that was to replace it was interrupted and
// goes on now.
func (d *Dir) NoModelYet() {
	results, _ := d.written()
	for _, file := range results {
		if file != d.Checkpoint() && !slices.Contains(d.older, file) {
			d.older = append(d.older, file)
		}
	}
}

// replaceOlder removes what an older training has left.
func (d *Dir) replaceOlder() error {
	for _, file := range d.older {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	d.older = nil
	return nil
}

// written are the files in the folder that are models and checkpoints, and those
// that are curves.
func (d *Dir) written() (results, curves []string) {
	entries, _ := os.ReadDir(d.Path)
	for _, e := range entries {
		path := filepath.Join(d.Path, e.Name())
		switch name := e.Name(); {
		case !e.Type().IsRegular():
		case name == Curves || isEvents(name):
			curves = append(curves, path)
		case slices.Contains([]string{sealedModel, plainModel, plainWeights, plainClicks, sealedCheckpoint, plainCheckpoint}, name):
			results = append(results, path)
		}
	}
	return results, curves
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

// SaveModel replaces the model, and with the first one an older training.
func (d *Dir) SaveModel(ctx context.Context, m *graph.Model) error {
	if err := d.replaceOlder(); err != nil {
		return err
	}
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

// SaveClicks replaces the model of click-through, and with the first one an older
// training.
func (d *Dir) SaveClicks(ctx context.Context, m *bundle.Model) error {
	if err := d.replaceOlder(); err != nil {
		return err
	}
	return m.Save(ctx, d.Model(), d.Key)
}

func nothing() error { return nil }

// SaveCheckpoint replaces the checkpoint, also that of an older training, whose model
// stays until there is another.
func (d *Dir) SaveCheckpoint(ctx context.Context, write func(io.Writer) error) error {
	err := d.saveCheckpoint(ctx, write)
	if err == nil {
		d.older = slices.DeleteFunc(d.older, func(file string) bool { return file == d.Checkpoint() })
	}
	return err
}

func (d *Dir) saveCheckpoint(ctx context.Context, write func(io.Writer) error) error {
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
	r, err := OpenCheckpoint(d.Checkpoint(), d.Key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%s: there is no checkpoint of a training to go on with", d.Path), "train without --resume")
	}
	return r, err
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

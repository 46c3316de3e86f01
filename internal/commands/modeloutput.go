package commands

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"datum/formats"
	"datum/internal/atomicdir"
)

// modelOutput is a file that a command of models writes: at once, or not at all.
type modelOutput struct {
	path      string
	overwrite bool
	// replaces reports whether an existing file is one that may be replaced with
	// --overwrite; nil stands for any.
	replaces func(path string) bool
}

// check says what is against the output. It may not be one of the inputs.
func (o *modelOutput) check(inputs []string) error {
	for _, in := range inputs {
		if sameFile(in, o.path) {
			return formats.Reason(formats.ErrUsage, "%s is the input and the output", o.path)
		}
	}
	st, err := os.Lstat(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !st.Mode().IsRegular():
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it exists and is no file", o.path), "name another file")
	case !o.overwrite:
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it exists already", o.path), "--overwrite replaces it")
	case o.replaces != nil && !o.replaces(o.path):
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it is no such model, and it would be deleted", o.path), "name another file, or delete this one yourself")
	}
	return nil
}

// write has the file written under another name and gives it its own when it is
// on the disk.
func (o *modelOutput) write(ctx context.Context, inputs []string, content func(io.Writer) error) error {
	check := func() error { return o.check(inputs) }
	if err := check(); err != nil {
		return err
	}
	stage, err := atomicdir.StageFile(o.path)
	if err != nil {
		return locked(err)
	}
	defer stage.Abort()
	const name = "model"
	file, err := os.OpenFile(filepath.Join(stage.Path(), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := content(file); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return stage.CommitFile(ctx, name, check) // another may be there by now
}

// locked says that somebody else writes the same file.
func locked(err error) error {
	if errors.Is(err, atomicdir.ErrLocked) || errors.Is(err, atomicdir.ErrExists) {
		return formats.Reason(formats.ErrExists, "%w", err)
	}
	return err
}

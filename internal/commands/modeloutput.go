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
	// private says that nobody else may read the file: it was encrypted.
	private bool
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

// stagedOutput is a modelOutput that is written and has not got its name yet.
type stagedOutput struct {
	*modelOutput
	inputs []string
	dir    *atomicdir.Dir
}

// stagedName is the name of the file until then.
const stagedName = "model"

// stage has the file written under another name. The caller commits it, or
// aborts it.
func (o *modelOutput) stage(inputs []string, content func(io.Writer) error) (*stagedOutput, error) {
	dir, err := atomicdir.StageFile(o.path) // first of all, since it clears away what a killed process left
	if err != nil {
		return nil, locked(err)
	}
	if err := o.check(inputs); err != nil {
		dir.Abort()
		return nil, err
	}
	if err := writeTo(filepath.Join(dir.Path(), stagedName), o.mode(), content); err != nil {
		dir.Abort()
		return nil, formats.DiskHint(err)
	}
	return &stagedOutput{o, inputs, dir}, nil
}

// whole is the content of a file that is in memory.
func whole(data []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(data); return err }
}

// writeTogether writes the files of one model, of which the first is the one that
// makes the others a model: all of them, or none.
func writeTogether(ctx context.Context, outputs []modelOutput, inputs []string, content func(i int) func(io.Writer) error) error {
	var paths []string
	for _, o := range outputs {
		paths = append(paths, o.path)
	}
	// First of all, since what a killed process left is put right by it.
	dir, err := atomicdir.StageFiles(paths...)
	if err != nil {
		return locked(err)
	}
	defer dir.Abort()
	check := func() error {
		for i := range outputs {
			if err := outputs[i].check(inputs); err != nil {
				return err
			}
		}
		return nil
	}
	if err := check(); err != nil {
		return err
	}
	for i := range outputs {
		if err := writeTo(dir.FilePath(i), outputs[i].mode(), content(i)); err != nil {
			return formats.DiskHint(err)
		}
	}
	return formats.DiskHint(dir.CommitFiles(ctx, check)) // another may be there by now
}

func (o *modelOutput) mode() os.FileMode {
	if o.private {
		return 0o600
	}
	return 0o666
}

func writeTo(path string, mode os.FileMode, content func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := content(file); err != nil {
		return err
	}
	return file.Close()
}

// commit gives the file its name when it is on the disk.
func (s *stagedOutput) commit(ctx context.Context) error {
	return formats.DiskHint(s.dir.CommitFile(ctx, stagedName, func() error { return s.check(s.inputs) })) // another may be there by now
}

// abort throws the file away if it has not got its name.
func (s *stagedOutput) abort() { s.dir.Abort() }

// locked says that somebody else writes the same file, or what else keeps it
// from being written.
func locked(err error) error {
	if errors.Is(err, atomicdir.ErrLocked) || errors.Is(err, atomicdir.ErrExists) {
		return formats.Reason(formats.ErrExists, "%w", err)
	}
	return formats.DiskHint(err)
}

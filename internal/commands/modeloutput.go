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
	if err := o.check(inputs); err != nil {
		return nil, err
	}
	dir, err := atomicdir.StageFile(o.path)
	if err != nil {
		return nil, locked(err)
	}
	if err := writeTo(filepath.Join(dir.Path(), stagedName), content); err != nil {
		dir.Abort()
		return nil, err
	}
	return &stagedOutput{o, inputs, dir}, nil
}

func writeTo(path string, content func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
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
	return s.dir.CommitFile(ctx, stagedName, func() error { return s.check(s.inputs) }) // another may be there by now
}

// abort throws the file away if it has not got its name.
func (s *stagedOutput) abort() { s.dir.Abort() }

// locked says that somebody else writes the same file.
func locked(err error) error {
	if errors.Is(err, atomicdir.ErrLocked) || errors.Is(err, atomicdir.ErrExists) {
		return formats.Reason(formats.ErrExists, "%w", err)
	}
	return err
}

package datum

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"datum/files"
	"datum/formats"
	"datum/internal/atomicdir"
)

// archiveKind reports whether a target is an archive, and of which kind.
func archiveKind(target string) (kind string, ok bool) {
	if target == Stdin {
		return "tar", true
	}
	return files.KindOf(files.URLName(target))
}

// checkArchive refuses what an archive cannot be.
func (o *ExportOptions) checkArchive(target string) error {
	if o.Resume != nil {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "an archive is written from its beginning, so it cannot be resumed"), "write a folder, or leave out --resume")
	}
	if target == Stdin && o.Output == nil {
		return formats.Reason(formats.ErrUsage, "there is no standard output to write to")
	}
	if o.Encrypt && o.Key == nil && o.KeyOut == "" {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "a new key would lie in the archive that it protects"), "--key-out FILE writes the key elsewhere")
	}
	if o.SaveMedia && o.Media != formats.MediaCopy {
		return formats.Reason(formats.ErrUsage, "an archive cannot have a %s to a file elsewhere", o.Media)
	}
	if target == Stdin {
		return nil
	}
	st, err := os.Lstat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !st.Mode().IsRegular():
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it exists and is no file", target), "name another file")
	case !o.Overwrite:
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it exists already", target), "--overwrite replaces it")
	}
	return isArchive(target)
}

// isArchive refuses to overwrite a file that is no archive, such as a key.
func isArchive(target string) error {
	old, err := files.Open(target, files.Limits{})
	if err == nil {
		defer old.Close()
		if _, plain := old.Local("."); !plain {
			return nil
		}
	}
	return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it is no archive that could be read, and it would be deleted", target), "name another file, or delete this one yourself")
}

// exportArchive writes an archive. Media go straight into it; the annotation
// files, which formats write all at once, lie in a folder beside it until the
// end.
func (o *ExportOptions) exportArchive(ctx context.Context, write writing, target, kind string) (res Result, err error) {
	defer func() { err = plainly(err) }()
	if target == Stdin {
		return o.exportStream(ctx, write, kind)
	}
	stage, err := atomicdir.StageFile(target)
	if err != nil {
		return res, existing(err)
	}
	defer stage.Abort()
	if o.adopted {
		stage.KeepNote()
	}
	const name = "archive"
	file, err := os.OpenFile(filepath.Join(stage.Path(), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return res, err
	}
	defer file.Close()
	res, removeKey, err := o.packTo(ctx, write, stage, stage.Path(), bufio.NewWriterSize(file, 1<<20), kind, target)
	if err != nil {
		return res, err
	}
	if err = file.Close(); err == nil {
		err = stage.CommitFile(ctx, name, func() error { return o.checkArchive(target) }) // it may be there by now
	}
	res.Flush = stage.FlushTime()
	if err != nil && !stage.Placed() {
		removeKey()
	}
	return res, err
}

// exportStream writes an archive to Output.
func (o *ExportOptions) exportStream(ctx context.Context, write writing, kind string) (res Result, err error) {
	beside, err := os.MkdirTemp("", "datum-archive-")
	if err != nil {
		return res, err
	}
	defer os.RemoveAll(beside)
	res, _, err = o.packTo(ctx, write, nil, beside, bufio.NewWriterSize(o.Output, 1<<20), kind, Stdin)
	if errors.Is(err, syscall.EPIPE) { // of a result that is fine, of a dataset it is not
		err = errors.New("whoever reads standard output went away before the dataset was complete")
	}
	return res, err
}

// packTo writes an archive to out. The folder beside takes annotation files.
func (o *ExportOptions) packTo(ctx context.Context, write writing, stage *atomicdir.Dir, beside string, out *bufio.Writer, kind, target string) (res Result, removeKey func(), err error) {
	dir := filepath.Join(beside, "dataset")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return res, nil, err
	}
	w, err := files.NewWriter(out, kind)
	if err != nil {
		return res, nil, err
	}
	opts := o.ExportOptions
	opts.Archive = w
	res, err = write(ctx, dir, opts)
	if err != nil {
		return res, nil, relocated(err, dir, target)
	}
	if err := w.AddFolder(dir); err != nil {
		return res, nil, err
	}
	removeKey, err = o.writeKey(&res, stage, dir, target)
	if err != nil {
		return res, nil, err
	}
	if err := errors.Join(w.Close(), out.Flush()); err != nil {
		removeKey()
		return res, nil, fmt.Errorf("%s: %w", target, err)
	}
	return res, removeKey, nil
}

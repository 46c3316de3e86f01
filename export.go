package datum

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"datum/files"
	"datum/formats"
	"datum/internal/atomicdir"
	"datum/internal/imagesize"
)

// ExportOptions say how to write a dataset. The zero value writes annotations
// only, in plain.
type ExportOptions struct {
	formats.ExportOptions
	// Encrypt encrypts under a new key where Key is nil. The key is written
	// to KeyOut, or into the folder as [SecretKeyFile], readable by its owner
	// only; an existing file is never overwritten. If the folder is to be
	// overwritten and holds a key already, that one is used again.
	Encrypt bool
	KeyOut  string
	// Overwrite replaces an existing folder, as a whole, if it holds a dataset.
	Overwrite bool
	// FailOnLoss makes it an error, and leaves nothing behind, if the target
	// cannot hold everything.
	FailOnLoss bool
	// DryRun does everything but keep the result, and copies no media, so
	// that it says what the target could not hold.
	DryRun bool
	// Registry holds the formats to choose from; nil means all that there
	// are.
	Registry *formats.Registry
	// Progress is called after each item.
	Progress func(items int)
	// Output takes the archive where the target is [Stdin].
	Output io.Writer
	// Resume, where it is not nil, makes the export one that can be resumed: when
	// it is interrupted, the media files that were finished are kept beside the
	// folder, and the next export of the same conversion with Resume goes on with
	// them. One without it removes them. It is for folders, not for archives.
	Resume *Conversion
	// Store takes targets that are URLs; nil means that there is none.
	Store Store
	// ImageExt encodes pictures with another extension anew, as ".png"; empty
	// leaves them as they are.
	ImageExt string

	// adopted says that the key's file was left by a run that was killed.
	adopted bool
}

// Result is what an export did.
type Result struct {
	Items int
	// Loss is what the target could not hold.
	Loss formats.Loss
	// KeyFile is where the key was written, empty when it was not.
	KeyFile string
	// Fingerprint names the key that the dataset was encrypted under, empty
	// when it was not.
	Fingerprint string
	// Flush is how long it took until everything that was written was on the
	// disk and not in the memory of the operating system.
	Flush time.Duration
	// Resumed is how many media files were taken over from a run that was
	// interrupted, and Anew says why none were although there was one.
	Resumed int
	Anew    string
	// Kept is how many media files are kept for a run that resumes this one,
	// which failed.
	Kept int
}

// Export writes ds in the named format as folder, which is a path. Where that
// ends in .zip, .tar, .tar.gz or .tar.zst it becomes an archive, and [Stdin]
// means one in tar format to Output. The folder or archive appears when it is
// complete and on disk, or not at all; behind a URL see [Store]. Errors match ErrExists, ErrUsage,
// ErrLoss and whatever reading ds gives. With ErrLoss the result says what was
// lost.
func Export(ctx context.Context, ds *Dataset, folder, format string, o ExportOptions) (Result, error) {
	folder, err := formats.LocalName(folder)
	if err != nil {
		return Result{}, err
	}
	f, err := o.target(ds.path, folder, format)
	if err != nil {
		return Result{}, err
	}
	if err := o.Values.Check(f); err != nil {
		return Result{}, err
	}
	return o.place(ctx, folder, func(ctx context.Context, dir string, opts formats.ExportOptions) (Result, error) {
		return o.stream(ctx, ds, f, dir, opts)
	})
}

// writing fills a folder that is there and empty. It leaves it to the caller if
// it fails.
type writing func(ctx context.Context, dir string, opts formats.ExportOptions) (Result, error)

// place makes a folder or an archive, which write fills, appear as a whole.
func (o *ExportOptions) place(ctx context.Context, folder string, write writing) (Result, error) {
	var err error
	kind, archive := archiveKind(folder)
	switch {
	case files.IsURL(folder):
		err = o.checkStored(ctx, folder, archive)
	case archive:
		err = o.checkArchive(folder)
	default:
		if err = atomicdir.PutBack(folder); err == nil {
			err = o.checkTarget(ctx, folder)
		}
	}
	if err != nil {
		return Result{}, err
	}
	k, err := o.chooseKey(folder)
	if err != nil {
		return Result{}, err
	}
	defer k.Destroy()
	switch {
	case o.DryRun:
		return o.rehearse(ctx, write, folder)
	case files.IsURL(folder):
		return o.exportStored(ctx, write, folder, kind)
	case archive:
		return o.exportArchive(ctx, write, folder, kind)
	}
	return o.export(ctx, write, folder)
}

// target finds the format, and refuses to write into what is being read.
func (o *ExportOptions) target(source, folder, format string) (*formats.Format, error) {
	opts := Options{Registry: o.Registry}
	f, err := opts.registry().Lookup(format)
	if err != nil {
		return nil, err
	}
	if f.Export == nil {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "the format %s can be read, not written", f.Name), "datum formats lists those that can be written")
	}
	return f, apart(source, folder)
}

// apart refuses to write into what is being read, or to read in what is written.
func apart(source, folder string) error {
	name := files.URLName(folder)
	if source != "" && folder != Stdin && (atomicdir.Inside(name, source) || atomicdir.Inside(source, name)) {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%s: the output would lie in the input, or the input in the output", name),
			"name another folder for the output")
	}
	return nil
}

// resolve returns the absolute path of p with links followed as far as it
// exists.
func resolve(p string) string {
	p, _ = atomicdir.Resolve(p)
	return p
}

// checkTarget refuses an existing folder that may not be overwritten, or that
// holds something else than a dataset: overwriting deletes the old folder, and
// a slip in its name must not cost a home directory.
func (o *ExportOptions) checkTarget(ctx context.Context, folder string) error {
	if err := existing(atomicdir.Check(folder, o.Overwrite)); err != nil {
		atomicdir.Clean(folder)
		return err
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) == 0 {
		return nil
	}
	old, err := files.OpenFolder(folder)
	if err != nil {
		return err
	}
	defer old.Close()
	return o.checkOld(ctx, old, folder, func() bool { return onlyPictures(folder) })
}

// onlyPictures reports whether every file below a folder is a picture: that some
// are, says nothing of the others that would be deleted.
func onlyPictures(folder string) bool {
	return filepath.WalkDir(folder, func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !imagesize.IsImage(name) {
			err = fs.ErrInvalid
		}
		return err
	}) == nil
}

func (o *ExportOptions) rehearse(ctx context.Context, write writing, folder string) (Result, error) {
	dir, err := os.MkdirTemp("", "datum-dry-run-")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(dir)
	opts := o.ExportOptions
	opts.DropMedia = true
	res, err := write(ctx, dir, opts)
	if o.Encrypt && err == nil {
		res.KeyFile = o.keyFile(folder)
	}
	return res, err
}

func (o *ExportOptions) export(ctx context.Context, write writing, folder string) (res Result, err error) {
	defer func() { err = plainly(err) }()
	stage, journal, err := o.stage(folder)
	if err != nil {
		return res, existing(err)
	}
	stage.Check = func() error { return o.checkOldKey(folder) }
	defer func() {
		if errors.Is(err, formats.ErrLoss) {
			stage.Keeps = nil // it would not be otherwise the next time
		}
		stage.Abort()
		err = journal.end(stage, &res, err)
	}()
	if o.adopted {
		stage.KeepNote()
	}
	opts := o.ExportOptions
	opts.Keeper = journal.keeper()
	if res, err = write(ctx, stage.Path(), opts); err != nil {
		return res, relocated(err, stage.Path(), folder)
	}
	removeKey, err := o.writeKey(&res, stage, stage.Path(), folder)
	if err != nil {
		return res, err
	}
	err = stage.Commit(ctx)
	res.Flush = stage.FlushTime()
	if err != nil {
		if !stage.Placed() {
			removeKey()
		}
		return res, fmt.Errorf("%s: %w", folder, err)
	}
	return res, nil
}

// existing turns what atomicdir says of an existing target into the words of
// package formats.
func existing(err error) error {
	switch {
	case errors.Is(err, atomicdir.ErrExists):
		return formats.WithHint(formats.Reason(formats.ErrExists, "%w", err), "--overwrite replaces it as a whole")
	case errors.Is(err, atomicdir.ErrLocked):
		return formats.WithHint(formats.Reason(formats.ErrExists, "%w", err), "wait for it, or name another folder")
	}
	return err
}

// relocated gives an error about a file of the output the path that the user
// knows, since that of the staging folder is gone when it is read.
func relocated(err error, stage, folder string) error {
	var placed *formats.Error
	if errors.As(err, &placed) {
		if rest, inside := strings.CutPrefix(placed.Path, stage); inside {
			placed.Path = folder + rest
		}
	}
	return err
}

// plainly adds advice where the system's own words do not lead further.
func plainly(err error) error {
	if errors.Is(err, ErrResumable) {
		return err // it has advice
	}
	return formats.DiskHint(err)
}

// stream passes the items on. It leaves the folder to the caller if it fails.
func (o *ExportOptions) stream(ctx context.Context, ds *Dataset, f *formats.Format, dir string, opts formats.ExportOptions) (res Result, err error) {
	exp, err := f.Export(ctx, dir, opts)
	if err != nil {
		return res, err
	}
	defer func() {
		if err != nil {
			exp.Abort()
		}
	}()
	if err := exp.Begin(ds.Info()); err != nil {
		return res, err
	}
	for it, err := range o.items(ctx, ds, &res.Loss) {
		if err != nil {
			return res, err
		}
		if err := exp.Write(it); err != nil {
			return res, err
		}
		res.Items++
		if o.Progress != nil {
			o.Progress(res.Items)
		}
	}
	loss, err := exp.Close()
	res.Loss.Merge(loss)
	if err == nil {
		err = ds.trouble()
	}
	if err != nil {
		return res, err
	}
	if err := o.refuseLoss(f.Name, &res.Loss); err != nil {
		return res, err
	}
	return res, ctx.Err()
}

// refuseLoss is the error of a loss that was not allowed.
func (o *ExportOptions) refuseLoss(format string, loss *formats.Loss) error {
	if !o.FailOnLoss || loss.Total() == 0 {
		return nil
	}
	return formats.WithHint(formats.Reason(formats.ErrLoss, "%s cannot hold %d things of this dataset", format, loss.Total()),
		"without --fail-on-loss they are counted and left out")
}

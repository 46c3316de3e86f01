package datum

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"datum/detect"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// Store is where datasets lie that are named by a URL, such as the buckets of
// object storage. Package datum has none of its own: contrib/cloud has.
//
// Its errors match the sentinels of package formats: ErrUnknownFormat where
// there is nothing, ErrExists, ErrUsage of a URL that makes no sense. They never
// show more of a URL than [files.URLName] does.
type Store interface {
	// Open opens the folder, file or archive behind a URL. One that is being
	// written, or whose writing was interrupted, is [ErrIncomplete].
	Open(ctx context.Context, url string, l files.Limits) (*files.Folder, error)
	// Look opens what would be replaced by writing to a URL, to be judged; nil
	// where there is nothing, or only what an interrupted run left. It is
	// ErrExists where another process is writing, and where something is there
	// that must not be replaced.
	Look(ctx context.Context, url string, overwrite bool, l files.Limits) (*files.Folder, error)
	// Put stores a folder of this machine, or a file, under a URL. Where it
	// fails all is as it was, unless the error matches [ErrIncomplete].
	Put(ctx context.Context, url, local string, overwrite bool) error
}

// ErrIncomplete says that behind a URL lies a part of a dataset only.
var ErrIncomplete = errors.New("incomplete")

// storeOf returns the store for a URL.
func storeOf(s Store, url string) (Store, error) {
	if s == nil {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%s: this program reads and writes files of this machine only", files.URLName(url)),
			"datum-cloud, built from contrib/cloud, opens s3://, gs:// and azblob://")
	}
	return s, nil
}

// checkStored refuses what cannot be written behind a URL, and what must not be
// replaced there.
func (o *ExportOptions) checkStored(ctx context.Context, url string, archive bool) error {
	store, err := storeOf(o.Store, url)
	if err != nil {
		return err
	}
	name := files.URLName(url)
	if o.Encrypt && o.Key == nil && o.KeyOut == "" {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%s: a new key would lie beside the dataset that it protects", name), "--key-out FILE writes the key to this machine")
	}
	if o.SaveMedia && o.Media != formats.MediaCopy {
		return formats.Reason(formats.ErrUsage, "%s: there cannot be a %s to a file elsewhere", name, o.Media)
	}
	old, err := store.Look(ctx, url, o.Overwrite, o.Limits)
	if err != nil || old == nil {
		return err
	}
	defer old.Close()
	if archive {
		return nil
	}
	if err := o.checkOld(ctx, old, name, func() bool { return onlyPicturesIn(old) }); err != nil {
		return err
	}
	return keysIn(old)
}

// checkOld refuses to delete what holds something else than a dataset.
func (o *ExportOptions) checkOld(ctx context.Context, old *files.Folder, name string, onlyPictures func() bool) error {
	opts := Options{Registry: o.Registry}
	res, err := detect.Run(ctx, opts.registry(), old, 0)
	if err != nil {
		return err
	}
	if len(res.Matches) > 0 && (res.Matches[0].Confidence > formats.Bare || onlyPictures()) {
		return nil
	}
	return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it holds something else than a dataset, and all of it would be deleted", name),
		"name another folder, or delete this one yourself")
}

func onlyPicturesIn(f *files.Folder) bool {
	for name, err := range f.Walk(".", true) {
		if err != nil || !imagesize.IsImage(name) {
			return false
		}
	}
	return true
}

// maxKeyFile is how large a file may be that is looked at for being a key: each
// costs a request.
const maxKeyFile = 16 << 10

// keysIn refuses to delete a key, as oldKey does for a folder of this machine.
func keysIn(f *files.Folder) error {
	entries, err := f.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		st, err := e.Info()
		if err != nil || e.IsDir() || st.Size() > maxKeyFile || imagesize.IsImage(e.Name()) {
			continue
		}
		text, err := f.ReadFile(e.Name(), maxKeyFile)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if e.Name() == SecretKeyFile || keyStart(text) {
			return wouldBeLost(f.Path(e.Name()))
		}
	}
	return nil
}

// exportStored writes behind a URL: everything is made in a temporary folder
// first, which for an encrypted dataset has nothing in plain in it. kind is that
// of an archive, empty for a folder.
func (o *ExportOptions) exportStored(ctx context.Context, write writing, url, kind string) (res Result, err error) {
	defer func() { err = plainly(err) }()
	stage, err := os.MkdirTemp("", "datum-upload-")
	if err != nil {
		return res, err
	}
	defer os.RemoveAll(stage)
	local := filepath.Join(stage, "dataset")
	if err := os.Mkdir(local, 0o700); err != nil {
		return res, err
	}
	name, takeBack := files.URLName(url), func() {}
	if kind != "" {
		dir := local
		local = filepath.Join(stage, "archive")
		res, takeBack, err = o.packFile(ctx, write, dir, local, kind, name)
	} else if res, err = write(ctx, local, o.ExportOptions); err != nil {
		err = relocated(err, local, name)
	} else {
		takeBack, err = o.writeKey(&res, nil, local, name)
	}
	if err != nil {
		return res, err
	}
	if err := o.Store.Put(ctx, url, local, o.Overwrite); err != nil {
		takeBack()
		return res, err
	}
	return res, nil
}

// packFile writes an archive into a new file.
func (o *ExportOptions) packFile(ctx context.Context, write writing, dir, path, kind, target string) (res Result, takeBack func(), err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return res, nil, err
	}
	res, takeBack, err = o.packTo(ctx, write, nil, dir, bufio.NewWriterSize(file, 1<<20), kind, target)
	if err != nil {
		file.Close()
		return res, nil, err
	}
	if err := file.Close(); err != nil {
		takeBack()
		return res, nil, fmt.Errorf("%s: %w", target, err)
	}
	return res, takeBack, nil
}

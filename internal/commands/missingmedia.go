package commands

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"datum"
	"datum/dataset"
	"datum/formats"
)

// withoutMissing is a dataset in which media files that are listed and not
// there are known by name only.
type withoutMissing struct {
	formats.Importer
	count *int
}

// skipMissingMedia leaves out of ds the media files that are not there, and
// counts them in j.
func (j *job) skipMissingMedia(ds *datum.Dataset) {
	ds.Importer = withoutMissing{ds.Importer, &j.missing}
}

func (d withoutMissing) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		for it, err := range d.Importer.Items(ctx) {
			if err == nil {
				d.skip(it)
			}
			if !yield(it, err) {
				return
			}
		}
	}
}

func (d withoutMissing) skip(it dataset.Item) {
	for _, f := range dataset.Files(it.Media) {
		if f.Source != nil && isMissing(f.Source) {
			f.Source = nil
			*d.count++
		}
	}
}

// isMissing reports whether a media file is not there. What cannot be opened
// for another reason is left to be an error.
func isMissing(s dataset.Source) bool {
	if local, ok := s.(dataset.LocalSource); ok {
		_, err := os.Stat(local.LocalPath())
		return errors.Is(err, fs.ErrNotExist)
	}
	r, err := s.Open()
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	r.Close()
	return false
}

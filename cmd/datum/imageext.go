package main

import (
	"context"
	"path"
	"strings"

	"datum"
	"datum/dataset"
	"datum/formats"
)

// oneExtension is a dataset whose pictures must all have one extension.
type oneExtension struct {
	formats.Importer
	ext string
}

// requireExtension lets the stream of ds fail at the first picture with another
// extension than ext, since pictures are never encoded anew.
func requireExtension(ds *datum.Dataset, ext string) {
	ds.Importer = oneExtension{ds.Importer, "." + strings.TrimPrefix(ext, ".")}
}

func (d oneExtension) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		for it, err := range d.Importer.Items(ctx) {
			if err == nil {
				err = d.check(it)
			}
			if !yield(it, err) || err != nil {
				return
			}
		}
	}
}

func (d oneExtension) check(it dataset.Item) error {
	img, ok := it.Media.(*dataset.Image)
	if !ok || img.Name == "" || strings.EqualFold(path.Ext(img.Name), d.ext) {
		return nil
	}
	return formats.WithHint(formats.Reason(formats.ErrUsage, "%s: --image-ext %s would mean to encode the picture anew, which is not there yet", img.Name, d.ext),
		"without --image-ext every picture is copied as it is")
}

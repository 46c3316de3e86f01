package datum

import (
	"context"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/reencode"
)

// items streams the items of ds, with their pictures encoded anew where the
// options say so.
func (o *ExportOptions) items(ctx context.Context, ds *Dataset, loss *formats.Loss) dataset.Items {
	if o.ImageExt == "" {
		return ds.Items(ctx)
	}
	ext := "." + strings.ToLower(strings.TrimPrefix(o.ImageExt, "."))
	return func(yield func(dataset.Item, error) bool) {
		if !reencode.Writable(ext) {
			yield(dataset.Item{}, formats.WithHint(formats.Reason(formats.ErrUsage, "pictures cannot be written as %s", ext), "there are .png, .jpg, .bmp, .gif and .tiff"))
			return
		}
		for it, err := range ds.Items(ctx) {
			if err == nil {
				o.reencode(&it, ext, loss)
			}
			if !yield(it, err) || err != nil {
				return
			}
		}
	}
}

// isJPEG reports whether an extension is one of JPEG pictures, which pass from
// one to another as they are.
func isJPEG(ext string) bool {
	return slices.Contains([]string{".jpg", ".jpeg", ".jpe", ".jfif"}, strings.ToLower(ext))
}

// reencode gives the picture of an item another extension, and a source that
// encodes it anew. Those that have the extension pass as they are.
func (o *ExportOptions) reencode(it *dataset.Item, ext string, loss *formats.Loss) {
	img, ok := it.Media.(*dataset.Image)
	if !o.SaveMedia {
		return // the names stay those of the files that there are
	}
	old := ""
	if ok {
		old = path.Ext(img.Name)
	}
	if !ok || img.Name == "" || strings.EqualFold(old, ext) {
		return
	}
	img.Name = strings.TrimSuffix(img.Name, old) + ext
	if img.Source == nil {
		return
	}
	if size, err := imagesize.Of(&img.File); err == nil && size.Turned && int(img.Width) == size.Width && int(img.Height) == size.Height {
		loss.Add("pictures turned upright while they were encoded anew, whose annotations follow the picture as it was stored", it.ID+" of "+it.Subset, 1)
	}
	img.Source = reencode.Source(img.Source, ext, o.Limits)
	what := "pictures encoded anew, without what is no pixel of their first frame"
	switch {
	case isJPEG(old) && isJPEG(ext):
		return
	case reencode.Lossy(ext):
		what = "pictures encoded anew in a format that loses detail"
	case ext == ".bmp":
		what = "pictures encoded anew in a format of eight bits without transparency"
	}
	loss.Add(what, it.ID+" of "+it.Subset, 1)
}

// Reencode streams the items of ds as [Export] with the same options would write
// them: with their pictures encoded anew where ImageExt says so. What that loses
// is counted in loss.
func Reencode(ctx context.Context, ds *Dataset, o ExportOptions, loss *formats.Loss) dataset.Items {
	return o.items(ctx, ds, loss)
}

package openimages

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/planes"
)

// boxID is the id of the box of a mask where a source gives none.
func boxID(number int) string { return fmt.Sprintf("%08x", number) }

// maskName is the name of the file of a mask, as in Open Images.
func maskName(id, label, box string) string {
	return fmt.Sprintf("%s_%s_%s.png", plain(strings.ReplaceAll(id, "/", "_")), plain(strings.ReplaceAll(label, "/", "")), plain(box))
}

// plain makes s a part of a file's name.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, s)
}

// isName reports whether s can be the name of a file in a folder.
func isName(s string) bool {
	return s != "" && s != "." && s != ".." && !strings.ContainsAny(s, "/\\\x00")
}

// mask reads a row about a mask, and the mask.
func (x *maker) mask(t *table, row []string, label int32, base dataset.Base) error {
	name := t.get(row, "MaskPath")
	if !isName(name) {
		return formats.Reason(formats.ErrCorrupt, "the MaskPath %q is no name of a file", name)
	}
	box := t.get(row, "BoxID")
	base.Attributes = t.carry(row, "MaskPath", maskName(x.k.id, t.get(row, "LabelName"), box), "BoxID", boxID(x.masks))
	x.masks++
	if iou := strings.TrimSpace(t.get(row, "PredictedIoU")); iou != "" {
		if err := setNumber(&base.Attributes, attrIoU, iou); err != nil {
			return err
		}
	}
	mask, err := x.readMask(name)
	if err != nil {
		return err
	}
	if edges, ok := edgesOf(t, row, "Box"); ok {
		base.Group = x.groupWith(edges, label)
	}
	x.it.Annotations = append(x.it.Annotations, &dataset.Mask{Base: base, Label: label, RLE: mask})
	return nil
}

// maskPlaces are the folders in which the file of a mask may be: where Datumaro
// puts it, and those of the archives of Open Images, which the first letter of
// the name tells apart.
func maskPlaces(subset, name string) []string {
	archive := fmt.Sprintf("%s-masks-%s", subset, name[:1])
	return []string{
		path.Join(masksDir, subset), masksDir, path.Join(masksDir, archive), archive, path.Join(subset, "labels", masksDir, strings.ToUpper(name[:1])),
		path.Join(masksDir, subset, archive), subset + "-masks",
	}
}

// readMask reads the file of a mask, stretched to the size of the picture.
func (x *maker) readMask(name string) (dataset.RLE, error) {
	limits := x.m.opts.Limits.WithDefaults()
	var text []byte
	err := fs.ErrNotExist
	at := ""
	for _, dir := range maskPlaces(x.k.subset, name) {
		at = path.Join(dir, name)
		if text, err = x.m.folder.ReadFile(at, limits.RecordBytes); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return dataset.RLE{}, formats.Reason(formats.ErrCorrupt, "the mask %s is in none of the folders of masks", name)
	}
	if err != nil {
		return dataset.RLE{}, formats.At(x.m.folder, formatName, at, err)
	}
	mask, err := planes.DecodeStencil(text, limits)
	if err != nil {
		return dataset.RLE{}, formats.At(x.m.folder, formatName, at, err)
	}
	if x.size() != nil {
		x.note("masks of pictures of unknown size, read in their own size")
		return mask.Mask(), nil
	}
	if !planes.Fits(x.height, x.width, limits) {
		return dataset.RLE{}, formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels is larger than the limit", x.width, x.height)
	}
	return mask.Stretched(x.height, x.width), nil
}

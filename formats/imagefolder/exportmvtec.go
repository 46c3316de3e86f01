package imagefolder

import (
	"path"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/nameset"
	"datum/internal/planes"
	"datum/internal/raster"
)

// mvtecPlaces puts pictures into folders of subsets and classes, and masks
// beside these.
type mvtecPlaces struct {
	classPlaces
	all *nameset.Set // ids of all subsets
	// masked has the ids with a mask: what another subset calls so would get
	// it, too.
	masked map[string]bool
}

func newMVTecPlaces() places {
	return &mvtecPlaces{classPlaces: *newClassPlaces().(*classPlaces), all: nameset.New(), masked: map[string]bool{}}
}

func (p *mvtecPlaces) begin(e *exporter) error {
	if err := p.classPlaces.begin(e); err != nil {
		return err
	}
	p.flat = false
	return e.MkdirAll(maskDir)
}

// class returns the label of an item: that of its label, or of its first mask.
func (p *mvtecPlaces) class(it *dataset.Item) int32 {
	if l := p.label(it); l != nil {
		return l.Label
	}
	for _, a := range it.Annotations {
		if m, ok := a.(*dataset.Mask); ok && m.Label != dataset.NoLabel {
			return m.Label
		}
	}
	return dataset.NoLabel
}

func masksOf(it *dataset.Item) (masks []*dataset.Mask) {
	for _, a := range it.Annotations {
		if m, ok := a.(*dataset.Mask); ok {
			masks = append(masks, m)
		}
	}
	return masks
}

func (p *mvtecPlaces) place(e *exporter, it *dataset.Item, subset string) (folder, id string, err error) {
	id, class := path.Clean(it.ID), noLabelDir
	label := p.class(it)
	if label != dataset.NoLabel {
		class = p.folder(e, label)
		p.used[label] = true
	}
	if !strings.HasPrefix(id, class+"/") {
		id = class + "/" + id
	}
	p.subsets[subset] = true
	id, err = p.free(e, it, id, label != dataset.NoLabel && len(masksOf(it)) > 0)
	return subset, id, err
}

// free returns an id that does not give a mask to the picture of another
// subset.
func (p *mvtecPlaces) free(e *exporter, it *dataset.Item, id string, mask bool) (string, error) {
	fresh := p.all.Add(id)
	if !fresh && (mask || p.masked[id]) {
		if e.Opts.OnCollision == formats.CollisionError {
			return "", formats.WithHint(formats.Reason(formats.ErrCorrupt, "another picture is called %q, and only one of them can have a mask", id),
				"--on-collision rename gives the later one another name")
		}
		id = p.all.Unique(path.Dir(id) + "/" + it.Subset + "_" + path.Base(id))
	}
	if mask {
		p.masked[id] = true
	}
	return id, nil
}

// write saves the mask and counts the rest.
func (p *mvtecPlaces) write(e *exporter, it *dataset.Item, _, id, _ string) error {
	class := p.class(it)
	first := p.label(it)
	for _, a := range it.Annotations {
		switch a := a.(type) {
		case *dataset.Label:
			p.countLabel(e, it, a, first)
		case *dataset.Mask:
			if class == dataset.NoLabel {
				e.Loss.AddDropped(it, a)
				continue
			}
			e.Loss.AddParts(it, a, allParts)
			if a.Label != class {
				e.Lost(it, "masks given the label of their picture", 1)
			}
		default:
			e.Loss.AddDropped(it, a)
		}
	}
	masks := masksOf(it)
	if class == dataset.NoLabel || len(masks) == 0 {
		return nil
	}
	if first == nil {
		e.Lost(it, "pictures given the label of their mask", 1)
	}
	e.Lost(it, "masks joined with another of the picture", len(masks)-1)
	return p.saveMask(e, it, id, masks)
}

func (p *mvtecPlaces) countLabel(e *exporter, it *dataset.Item, l, first *dataset.Label) {
	switch {
	case l == first:
		e.Loss.AddParts(it, l, allParts)
	case first != nil:
		e.Lost(it, "labels dropped, since an item has one", 1)
	default:
		e.Loss.AddDropped(it, l)
	}
}

func (p *mvtecPlaces) saveMask(e *exporter, it *dataset.Item, id string, masks []*dataset.Mask) error {
	codes := make([]dataset.RLE, len(masks))
	for i, m := range masks {
		codes[i] = m.RLE
		if !planes.Fits(m.RLE.Height, m.RLE.Width, e.Opts.Limits) {
			return formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels cannot be a picture", m.RLE.Width, m.RLE.Height)
		}
	}
	item := it.ID
	return e.Media.Make(maskFile(id), func() ([]byte, error) {
		all, err := raster.Union(codes...)
		var png []byte
		if err == nil {
			png, err = planes.EncodeStencil(all)
		}
		if err != nil {
			return nil, e.At(item, formats.Reason(formats.ErrCorrupt, "%w", err))
		}
		return png, nil
	})
}

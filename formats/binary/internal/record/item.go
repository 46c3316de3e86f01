package record

import (
	"math"

	"datum/dataset"
)

// NoPath is what Datumaro stores as the path of media that exist in memory
// only.
const NoPath = "/NOT/A/REAL/PATH"

// The stand-ins of an unknown picture size and of the end of a video.
const (
	unknownHeight = -1583
	unknownWidth  = -1597
	noEndFrame    = math.MaxUint32
)

// Item is an item as the file holds it: media have the paths that are stored,
// which are relative to the media folder of the subset or, in datasets without
// media, whatever the source's paths were.
type Item struct {
	ID, Subset  string
	Media       dataset.Media
	Attributes  dataset.Attributes
	Annotations []dataset.Annotation
}

// AppendItem appends everything of an item but its annotations, whose number
// comes last. Only user attributes are stored.
func AppendItem(dst []byte, it Item, annotations int) []byte {
	dst = appendText(dst, it.ID)
	dst = appendText(dst, it.Subset)
	dst = appendMedia(dst, it.Media)
	dst = appendUser(dst, it.Attributes)
	return appendU32(dst, uint32(annotations))
}

func appendMedia(dst []byte, m dataset.Media) []byte {
	if m == nil {
		return appendU32(dst, uint32(dataset.MediaNone))
	}
	dst = appendU32(dst, uint32(m.MediaKind()))
	dst = appendText(dst, m.Main().Name)
	switch m := m.(type) {
	case *dataset.Image:
		if m.Height <= 0 || m.Width <= 0 {
			return appendI32(appendI32(dst, unknownHeight), unknownWidth)
		}
		return appendI32(appendI32(dst, m.Height), m.Width)
	case *dataset.VideoFrame:
		return appendU32(dst, m.Index)
	case *dataset.Video:
		dst = appendU32(appendU32(dst, max(m.Step, 1)), m.Start)
		// Datumaro writes an end of 0 as no end.
		if m.End == nil || *m.End == 0 {
			return appendU32(dst, noEndFrame)
		}
		return appendU32(dst, *m.End)
	case *dataset.PointCloud:
		dst = appendU32(dst, uint32(len(m.Extra)))
		for _, x := range m.Extra {
			dst = appendMedia(dst, x)
		}
	}
	return dst
}

// ReadItems reads all items of a blob. Annotations with the same attributes may
// share one list of them: see [Own].
func ReadItems(blob []byte, layout Layout) ([]Item, error) {
	c := NewCursor(blob)
	var items []Item
	for !c.AtEnd() {
		items = append(items, c.readItem(layout))
	}
	return items, c.err
}

// minAnnotation is the least number of bytes of an annotation's record: the
// head of the older layout, an empty dict and an empty caption or a label.
const minAnnotation = 17 + 4 + 4

func (c *Cursor) readItem(layout Layout) Item {
	it := Item{ID: c.String(), Subset: c.String(), Media: c.readMedia(), Attributes: c.Dict()}
	n := c.U32()
	if left := len(c.data) - c.off; uint64(n)*minAnnotation > uint64(left) {
		c.fail("%d annotations in %d bytes", n, left)
		return it
	}
	if n > 0 && c.err == nil {
		it.Annotations = make([]dataset.Annotation, 0, n)
		c.prepare(n, layout)
	}
	for i := uint32(0); i < n && c.err == nil; i++ {
		it.Annotations = append(it.Annotations, c.readAnnotation(layout))
	}
	return it
}

func (c *Cursor) readMedia() dataset.Media {
	switch kind := dataset.MediaKind(c.U32()); kind {
	case dataset.MediaNone:
		return nil
	case dataset.MediaImage:
		return c.readImage()
	case dataset.MediaVideoFrame:
		return &dataset.VideoFrame{File: c.readFile(), Index: c.U32()}
	case dataset.MediaVideo:
		return c.readVideo()
	case dataset.MediaPointCloud:
		return c.readPointCloud()
	default:
		c.fail("media type %d", uint32(kind))
		return nil
	}
}

func (c *Cursor) readFile() dataset.File { return dataset.File{Name: c.String()} }

func (c *Cursor) readImage() *dataset.Image {
	m := &dataset.Image{File: c.readFile(), Height: c.I32(), Width: c.I32()}
	switch {
	case m.Height == unknownHeight && m.Width == unknownWidth:
		m.Height, m.Width = 0, 0
	case c.err == nil && (m.Height <= 0 || m.Width <= 0):
		c.fail("a picture of %d × %d pixels", m.Height, m.Width)
	}
	return m
}

func (c *Cursor) readVideo() dataset.Media {
	m := &dataset.Video{File: c.readFile(), Step: c.U32(), Start: c.U32()}
	if end := c.U32(); end != noEndFrame {
		m.End = &end
	}
	if c.err == nil && m.Step == 0 {
		c.fail("a video in steps of no frame")
	}
	return m
}

func (c *Cursor) readPointCloud() dataset.Media {
	m := &dataset.PointCloud{File: c.readFile()}
	n := c.U32()
	for i := uint32(0); i < n && c.err == nil; i++ {
		if kind := c.U32(); kind != uint32(dataset.MediaImage) {
			c.fail("media type %d beside a point cloud", kind)
			break
		}
		m.Extra = append(m.Extra, c.readImage())
	}
	return m
}

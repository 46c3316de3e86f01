package cvat

import (
	"encoding/json"
	"math"
	"path"
	"strconv"

	"datum/dataset"
	"datum/internal/imagesize"
	"datum/internal/xmltext"
)

// record is an item on its way into the file.
type record struct {
	it            *dataset.Item
	name          string
	space         frameSpace
	frame         uint32
	width, height int32
	plain         bool // no media: it is listed without a size
	subset        string
}

// write writes one item.
func (e *exporter) write(it *dataset.Item) error {
	user, _ := it.Attributes.Split()
	for range user {
		e.lost("attributes of items dropped", it)
	}
	r := &record{it: it, space: frameSpace{it.Subset, carriedText(it.Attributes, carryTask)}}
	if e.multi || !e.plainDefault || it.Subset != dataset.DefaultSubset {
		r.subset = it.Subset
	}
	if err := e.number(r); err != nil {
		return err
	}
	if err := e.place(r); err != nil {
		return err
	}
	e.items++
	e.measure(r)
	return e.element(r)
}

// number gives the item the number of its frame: its own where it has one and
// numbers rise, the next one otherwise.
func (e *exporter) number(r *record) error {
	want := int64(-1)
	if f, ok := r.it.Media.(*dataset.VideoFrame); ok {
		want = int64(f.Index)
	} else if raw, ok := r.it.Attributes.Get(carryID); ok {
		if json.Unmarshal(raw, &want) != nil {
			want = -1
		}
	} else if n, ok := frameNumber(r.it.ID); ok && e.style == styleVideo {
		want = int64(n)
	}
	given := e.frames[r.space]
	next := int64(0)
	if len(given) > 0 {
		next = int64(given[len(given)-1]) + 1
	}
	if want < next || want > math.MaxInt32 {
		want = next
	}
	r.frame = uint32(want)
	e.frames[r.space] = append(given, r.frame)
	return nil
}

// place gives the item its name and saves its media.
func (e *exporter) place(r *record) error {
	ext := ""
	switch m := r.it.Media.(type) {
	case nil:
		r.plain = true
		if imagesize.IsImage(r.it.ID) {
			e.lost("items without media, listed as images all the same", r.it)
		}
	case *dataset.Image:
		ext = path.Ext(m.Name)
	case *dataset.VideoFrame:
		r.plain = true
		if err := e.frameOf(r, m); err != nil {
			return err
		}
	default:
		r.plain = true
		e.lost("media of other kinds than images dropped", r.it)
	}
	want := r.it.ID
	if e.style == styleVideo {
		if want = frameName(r.frame); want != r.it.ID {
			e.lost("names of items replaced by the numbers of their frames", r.it)
		}
	}
	name, err := e.names.Take(r.it, r.space.subset+"\x00"+ext, want, &e.loss)
	if err != nil {
		return err
	}
	r.name = name + ext
	if m, ok := r.it.Media.(*dataset.Image); ok {
		return e.media.Save(r.it, &m.File, e.picturePath(r), &e.loss)
	}
	return nil
}

// picturePath is where the picture of an item goes.
func (e *exporter) picturePath(r *record) string {
	if r.subset == "" {
		return path.Join(imagesDir, r.name)
	}
	return path.Join(imagesDir, r.subset, r.name)
}

// frameOf notes that an item is a frame of a video. The file names one video.
func (e *exporter) frameOf(r *record, m *dataset.VideoFrame) error {
	name := path.Clean(m.Name)
	if e.video == "" && name != "." && name != annotationFile && !imagesize.IsImage(name) {
		e.video = name
	}
	if e.video != name || r.frame != m.Index {
		e.lost("video frames that become items without media, since a file has frames of one video in their order", r.it)
		return nil
	}
	if e.videoSaved {
		return nil
	}
	e.videoSaved = true
	return e.media.Save(r.it, &m.File, name, &e.loss)
}

// measure finds the size of the picture: that of the item, or of its file, or
// of a mask.
func (e *exporter) measure(r *record) {
	m, ok := r.it.Media.(*dataset.Image)
	if ok && m.Width > 0 && m.Height > 0 {
		r.width, r.height = m.Width, m.Height
		return
	}
	if ok && m.Source != nil {
		if size, err := imagesize.Of(&m.File); err == nil {
			w, h := size.Shown()
			r.width, r.height = int32(w), int32(h)
			return
		}
	}
	for _, a := range r.it.Annotations {
		if mask, ok := a.(*dataset.Mask); ok && mask.RLE.Width > 0 && mask.RLE.Height > 0 {
			r.width, r.height = mask.RLE.Width, mask.RLE.Height
			if r.plain {
				e.lost("items without media, listed as images all the same", r.it)
			}
			return
		}
	}
}

// element writes the <image> of an item, and its tracked shapes elsewhere.
func (e *exporter) element(r *record) error {
	b := append(e.buf[:0], "  <image"...)
	b = xmltext.AppendAttr(b, "id", strconv.FormatUint(uint64(r.frame), 10))
	b = xmltext.AppendAttr(b, "name", e.text(r.name))
	if r.subset != "" {
		b = xmltext.AppendAttr(b, "subset", r.subset)
	}
	if r.space.task != "" {
		b = xmltext.AppendAttr(b, "task_id", e.text(r.space.task))
	}
	if r.width > 0 && r.height > 0 {
		b = xmltext.AppendAttr(b, "width", strconv.Itoa(int(r.width)))
		b = xmltext.AppendAttr(b, "height", strconv.Itoa(int(r.height)))
	}
	b = append(b, ">\n"...)
	if e.width == 0 {
		e.width, e.height = r.width, r.height
	}
	seen := map[trackKey]int{}
	for _, a := range r.it.Annotations {
		var err error
		if b, err = e.annotation(b, r, a, seen); err != nil {
			return err
		}
	}
	b = append(b, "  </image>\n"...)
	e.buf = b
	if e.style == styleVideo {
		e.onlyTracks(r, len(seen))
		return nil
	}
	_, err := e.images.Add(b)
	return err
}

// onlyTracks counts what an item loses where the file has tracks only.
func (e *exporter) onlyTracks(r *record, tracked int) {
	m, isImage := r.it.Media.(*dataset.Image)
	if tracked == 0 && !(isImage && m.Source != nil && e.opts.SaveMedia) {
		e.lost("items without annotations dropped, since a video does not list its frames", r.it)
	}
	if r.width > 0 && r.height > 0 && (e.width != r.width || e.height != r.height) {
		e.lost("sizes of images dropped, since a video has one", r.it)
	}
}

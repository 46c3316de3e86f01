package coco

import (
	"bufio"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"path"
	"strconv"
	"strings"

	"datum/dataset"
)

// Panoptic annotations are pictures: the colour of a pixel is the id of its
// segment, R + 256·G + 256²·B, and 0 is no segment. The record of an image
// names the picture and lists the segments.

// panopticRecord is what an item carries of its panoptic record.
type panopticRecord struct {
	Order *int32  `json:"order,omitempty"`
	Patch rawJSON `json:"patch,omitempty"`
}

// panopticDir is the folder of the pictures of a panoptic file.
func panopticDir(jsonPath string) string { return strings.TrimSuffix(jsonPath, ".json") }

// panopticMembers makes the record but for the segments.
func panopticMembers(name string) dataset.Attributes {
	return dataset.Attributes{
		{Name: "file_name", Value: dataset.AppendString(nil, itemID(name)+".png")},
		{Name: "segments_info"},
	}
}

// segmentMembers makes the record of a segment.
func segmentMembers(m *dataset.Mask, category []byte) dataset.Attributes {
	g := group{mask: m}
	box := g.outline()
	on, _ := crowd(m.Attributes)
	return dataset.Attributes{
		{Name: "id", Value: strconv.AppendInt(nil, m.ID, 10)},
		{Name: "category_id", Value: category},
		{Name: "iscrowd", Value: strconv.AppendInt(nil, on, 10)},
		{Name: "bbox", Value: appendNumbers(nil, box[:])},
		{Name: "area", Value: appendNumber(nil, g.area())},
	}
}

// panoptic reads the panoptic record of an image.
func (r *itemReader) panoptic(k int, f *source, at annotationAt, raw []byte) error {
	key := strconv.Itoa(k)
	if _, twice := r.pan[key]; twice {
		return corrupt("the image has two panoptic records")
	}
	record, err := members(raw)
	if err != nil {
		return corrupt("%w", err)
	}
	record.Delete("image_id")
	rawName, _ := record.Get("file_name")
	name, _ := text(rawName)
	clean, ok := cleanName(name, false)
	if !ok {
		return corrupt("the panoptic file_name %s is no path in the dataset", short(rawName))
	}
	runs, h, w, err := r.m.readSegments(path.Join(panopticDir(f.path), clean))
	if err != nil {
		return err
	}
	segments, _ := record.Get("segments_info")
	if len(segments) == 0 || segments[0] != '[' {
		return corrupt("segments_info is no list")
	}
	masks, err := r.segments(f, segments, runs, h, w)
	if err != nil {
		return err
	}
	carried := panopticRecord{Patch: diff(record, panopticMembers(r.item.Media.Main().Name))}
	if !f.annotationsInOrder {
		carried.Order = &at.order
	}
	if r.pan == nil {
		r.pan = map[string]panopticRecord{}
	}
	r.pan[key] = carried
	for _, m := range masks {
		m.ObjectID = dataset.NoObject
		carry(&m.Attributes, carryFile, []byte(key))
		r.item.Annotations = append(r.item.Annotations, m)
	}
	return nil
}

// segments makes masks of the segments that are listed, then of what else is
// in the picture.
func (r *itemReader) segments(f *source, list []byte, runs *segmentRuns, h, w int) (masks []*dataset.Mask, err error) {
	p := parser{source: f, notes: r.notes, where: r.s.name + "/" + r.item.ID}
	listed := map[int64]bool{}
	err = eachElement(list, func(raw []byte) error {
		s, err := members(raw)
		if err != nil {
			return corrupt("a segment is no JSON object: %s", short(raw))
		}
		rawID, _ := s.Get("id")
		id, ok := integer(rawID)
		if !ok || id < 0 || id >= 1<<24 || listed[id] {
			return corrupt("segment id %s is no colour of its own", short(rawID))
		}
		listed[id] = true
		label, category, err := p.label(s)
		if err != nil {
			return err
		}
		m := &dataset.Mask{Label: label, RLE: dataset.EncodeRuns(int32(h), int32(w), runs.of(uint32(id)))}
		m.ID, m.Group = id, id
		rawCrowd, _ := s.Get("iscrowd")
		on, _ := integer(rawCrowd)
		m.Attributes = dataset.Attributes{{Name: attrCrowd, Value: strconv.AppendBool(nil, on != 0)}}
		if !runs.has(uint32(id)) {
			p.note("panoptic segments without a pixel in the picture")
		}
		carry(&m.Attributes, carryRecord, diff(s, segmentMembers(m, category)))
		masks = append(masks, m)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range runs.ids {
		if id == 0 || listed[int64(id)] {
			continue
		}
		p.note("panoptic segments in a picture that its record does not list")
		m := &dataset.Mask{Label: dataset.NoLabel, RLE: dataset.EncodeRuns(int32(h), int32(w), runs.of(id))}
		m.ID, m.Group = int64(id), int64(id)
		carry(&m.Attributes, carryUnlisted, []byte("true"))
		masks = append(masks, m)
	}
	return masks, nil
}

// maxPanopticPixels bounds a panoptic picture, which is decoded whole.
const maxPanopticPixels = 1 << 26

// maxDeflate is how many bytes one byte of a PNG can stand for, at most.
const maxDeflate = 1032

// readSegments reads a panoptic picture.
func (m *importer) readSegments(p string) (runs *segmentRuns, h, w int, err error) {
	f, err := m.openFile(p)
	if err != nil {
		return nil, 0, 0, err
	}
	defer f.Close()
	in := f.(io.ReadSeeker)
	size, err := in.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, 0, err
	}
	in.Seek(0, io.SeekStart)
	c, err := png.DecodeConfig(bufio.NewReader(in))
	if err != nil {
		return nil, 0, 0, corrupt("%s: %w", p, err)
	}
	pixels := int64(c.Width) * int64(c.Height)
	if c.Width > math.MaxInt32 || c.Height > math.MaxInt32 || pixels > maxPanopticPixels || pixels/8 > size*maxDeflate {
		return nil, 0, 0, corrupt("%s: a panoptic picture of %d × %d pixels in %d bytes", p, c.Width, c.Height, size)
	}
	in.Seek(0, io.SeekStart)
	img, err := png.Decode(bufio.NewReader(in))
	if err != nil {
		return nil, 0, 0, corrupt("%s: %w", p, err)
	}
	return findSegments(img), c.Height, c.Width, nil
}

// segmentRuns are the runs of each segment of a picture, column by column.
type segmentRuns struct {
	ids   []uint32 // in the order of first sight
	runs  map[uint32]*runBuilder
	total int64
}

type runBuilder struct {
	runs []int64
	end  int64 // where the last run ends
}

func (b *runBuilder) add(at int64) {
	if at == b.end && len(b.runs) > 0 {
		b.runs[len(b.runs)-1]++
	} else {
		b.runs = append(b.runs, at-b.end, 1)
	}
	b.end = at + 1
}

func (s *segmentRuns) has(id uint32) bool { return s.runs[id] != nil }

// of returns the runs of a segment, which may have none.
func (s *segmentRuns) of(id uint32) []int64 {
	b := s.runs[id]
	if b == nil {
		return []int64{s.total}
	}
	if b.end < s.total {
		return append(b.runs[:len(b.runs):len(b.runs)], s.total-b.end)
	}
	return b.runs
}

func findSegments(img image.Image) *segmentRuns {
	box := img.Bounds()
	s := &segmentRuns{runs: map[uint32]*runBuilder{}, total: int64(box.Dx()) * int64(box.Dy())}
	at, last := int64(0), uint32(math.MaxUint32)
	var b *runBuilder
	for x := box.Min.X; x < box.Max.X; x++ {
		for y := box.Min.Y; y < box.Max.Y; y++ {
			if id := colourID(img, x, y); id != last {
				last = id
				if b = s.runs[id]; b == nil {
					b = &runBuilder{}
					s.runs[id] = b
					s.ids = append(s.ids, id)
				}
			}
			b.add(at)
			at++
		}
	}
	return s
}

func colourID(img image.Image, x, y int) uint32 {
	if m, ok := img.(*image.RGBA); ok { // what an RGB picture is decoded to
		i := m.PixOffset(x, y)
		return uint32(m.Pix[i]) | uint32(m.Pix[i+1])<<8 | uint32(m.Pix[i+2])<<16
	}
	c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
	return uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16
}

// writePanoptic writes the picture and spools the record of an item. masks are
// those that go into file f.
func (s *outSubset) writePanoptic(it *dataset.Item, ordinal int32, k int, f *outFile, masks []*dataset.Mask) error {
	var all map[string]panopticRecord
	it.Attributes.Decode(carryPanoptic, &all)
	carried, ok := all[strconv.Itoa(k)]
	if !ok && len(masks) == 0 {
		return nil
	}
	r := panopticMembers(fileName(it))
	list := []byte{'['}
	for _, m := range masks {
		if m.Attributes.Has(carryUnlisted) {
			continue
		}
		if len(list) > 1 {
			list = append(list, ',')
		}
		patch, _ := m.Attributes.Get(carryRecord)
		list = apply(segmentMembers(m, f.category(m.Label)), patch).AppendJSON(list)
	}
	r.SetRaw("segments_info", append(list, ']'))
	r = apply(r, carried.Patch)
	rawName, _ := r.Get("file_name")
	name, _ := text(rawName)
	clean, ok := cleanName(name, false)
	if !ok {
		return s.e.errorf(it.ID, "the panoptic file_name %q is no path in the dataset", name)
	}
	if err := s.paint(it, path.Join(panopticDir(f.path), clean), masks); err != nil {
		return err
	}
	order := noOrder
	if carried.Order != nil {
		order = *carried.Order
	}
	return f.add(ordinal, recordID{none: true}, order, r)
}

// paint writes a panoptic picture.
func (s *outSubset) paint(it *dataset.Item, to string, masks []*dataset.Mask) error {
	h, w := int32(0), int32(0)
	if img, ok := it.Media.(*dataset.Image); ok {
		h, w = img.Height, img.Width
	}
	if len(masks) > 0 {
		h, w = masks[0].RLE.Height, masks[0].RLE.Width
	}
	if h <= 0 || w <= 0 || int64(h)*int64(w) > maxPanopticPixels {
		return s.e.errorf(it.ID, "a panoptic picture of %d × %d pixels cannot be written", w, h)
	}
	img := image.NewNRGBA(image.Rect(0, 0, int(w), int(h)))
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	for _, m := range masks {
		if m.RLE.Height != h || m.RLE.Width != w || m.ID < 0 || m.ID >= 1<<24 {
			s.e.lost(it, "panoptic segments dropped, since their size or id does not fit into the picture")
			continue
		}
		if err := paintMask(img, m); err != nil {
			return s.e.errorf(it.ID, "%w", err)
		}
	}
	f, err := s.e.create(to)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 64<<10)
	err = png.Encode(out, img)
	if err == nil {
		err = out.Flush()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("%s: %w", to, err)
	}
	return nil
}

func paintMask(img *image.NRGBA, m *dataset.Mask) error {
	runs, err := m.RLE.Runs()
	if err != nil {
		return err
	}
	at, h := int64(0), int64(m.RLE.Height)
	for i, n := range runs {
		if i%2 == 1 {
			for p := at; p < at+n; p++ {
				o := img.PixOffset(int(p/h), int(p%h))
				img.Pix[o], img.Pix[o+1], img.Pix[o+2] = byte(m.ID), byte(m.ID>>8), byte(m.ID>>16)
			}
		}
		at += n
	}
	return nil
}

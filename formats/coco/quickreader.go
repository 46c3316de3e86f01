package coco

import (
	"io"

	"datum/dataset"
)

// quickReader has what reading items needs again and again.
type quickReader struct {
	store       *recordStore
	image       *quickImage
	records     []*quickRecord // by file
	annotations []dataset.Annotation
	list        []annotationAt
	imageBuf    []byte
	windows     []window // on the images of each file, and behind them on its annotations
}

func newQuickReader(s *subset) *quickReader {
	q := &quickReader{store: newRecordStore(), windows: make([]window, 2*len(s.files))}
	q.image = newQuickImage(q.store)
	for _, f := range s.files {
		q.records = append(q.records, newQuickRecord(f, q.store))
	}
	return q
}

// window is a piece of a file in memory, with padding behind it.
type window struct {
	buf []byte
	at  int64
	n   int
}

// text returns a text that has what stands from at to end in it, and where it
// begins there. Where it is not in the window, up to ahead bytes are read.
func (w *window) text(f io.ReaderAt, at, end int64, ahead int) (b []byte, i int, err error) {
	if at >= w.at && end <= w.at+int64(w.n) {
		return w.buf[:w.n+padding], int(at - w.at), nil
	}
	size := int(end - at)
	want := max(size, ahead)
	if cap(w.buf) < want+padding || cap(w.buf) > mostKept && want < mostKept/2 {
		w.buf = make([]byte, want+padding)
	}
	b = w.buf[:want+padding]
	w.at, w.n = at, 0
	n, err := f.ReadAt(b[:want], at)
	if n < size {
		return nil, 0, atRecord(at, "the file changed while it was read: %w", err)
	}
	clear(b[n : n+padding])
	w.n = n
	return b[:n+padding], 0, nil
}

// imageText returns the text of an image's record, clean and padded. It is
// valid until the next call.
func (q *quickReader) imageText(f *source, s span) ([]byte, error) {
	ahead := 0
	if f.imagesInOrder {
		ahead = imagesAhead
	}
	b, i, err := q.windows[f.number].text(f.file, s.at, s.at+int64(s.size), ahead)
	if err != nil {
		return nil, err
	}
	raw := b[i : i+int(s.size)]
	if f.index.unclean > 0 {
		raw = nullLiterals(raw)
	}
	q.imageBuf = append(append(q.imageBuf[:0], raw...), make([]byte, padding)...)
	return q.imageBuf, nil
}

// How much is read at once where it is likely to be needed, and where it stands
// close together.
const (
	imagesAhead      = 16 << 10
	annotationsAhead = 64 << 10
	near             = 4 << 10
	mostAtOnce       = 1 << 20
	mostKept         = 1 << 20 // of memory for one large record, for small ones
)

// each calls do with each of the records: where it begins in a text that is
// only valid during the call. Records that stand close together are read at
// once.
func (q *quickReader) each(f *source, orders []int32, do func(a annotationAt, b []byte, i int) error) error {
	q.list = q.list[:0]
	for _, order := range orders {
		q.list = append(q.list, f.index.annotation(order))
	}
	ahead := 0
	if f.annotationsInOrder {
		ahead = annotationsAhead
	}
	w := &q.windows[len(q.records)+f.number]
	for list := q.list; len(list) > 0; {
		start, end, n := list[0].at, list[0].at+int64(list[0].size), 1
		for n < len(list) && list[n].at-end <= near && list[n].at-start <= mostAtOnce {
			end = list[n].at + int64(list[n].size)
			n++
		}
		b, i, err := w.text(f.file, start, end, ahead)
		if err != nil {
			return err
		}
		for _, a := range list[:n] {
			if err := do(a, b, i+int(a.at-start)); err != nil {
				return err
			}
		}
		list = list[n:]
	}
	return nil
}

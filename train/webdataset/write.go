package webdataset

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"sync"
	"time"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
	"datum/train/loader"
)

// Written says how much was written.
type Written struct {
	Samples int   `json:"samples"`
	Bytes   int64 `json:"bytes"`
}

// Write writes the items that the options choose, in the order that they say.
// Media are read and decrypted on all cores, a few items ahead. Pictures are not
// decoded. Errors are those of [loader.Samples], and those of w as they are.
func Write(ctx context.Context, w io.Writer, ds loader.Dataset, o loader.Options) (Written, error) {
	var done Written
	buffered := bufio.NewWriterSize(w, 1<<16)
	archive := tar.NewWriter(buffered)
	p := packer{o: o, categories: &ds.Info().Categories}
	for s, err := range workers.Map(ctx, workers.Count(o.Workers), iter.Seq2[dataset.Item, error](loader.Items(ctx, ds, o)), p.pack) {
		if err != nil {
			return done, err
		}
		if s == nil {
			continue // it was left out
		}
		if err := s.writeTo(archive); err != nil {
			return done, err
		}
		done.Samples++
		done.Bytes += s.size()
		s.release()
	}
	return done, errors.Join(archive.Close(), buffered.Flush())
}

// member is a file of a sample.
type member struct {
	extension string
	bytes     []byte
	pooled    *[]byte // the memory of bytes, where it is used again
}

// sample is an item with its files.
type sample struct {
	key     string
	members []member
}

func (s *sample) writeTo(w *tar.Writer) error {
	for _, m := range s.members {
		head := &tar.Header{Typeflag: tar.TypeReg, Name: s.key + "." + m.extension, Size: int64(len(m.bytes)), Mode: 0o644, ModTime: epoch}
		if err := w.WriteHeader(head); err != nil {
			return err
		}
		if _, err := w.Write(m.bytes); err != nil {
			return err
		}
	}
	return nil
}

// epoch is the time of all files, so that the same dataset gives the same bytes.
var epoch = time.Unix(0, 0)

func (s *sample) size() int64 {
	n := int64(0)
	for _, m := range s.members {
		n += int64(len(m.bytes))
	}
	return n
}

func (s *sample) release() {
	for _, m := range s.members {
		if m.pooled != nil {
			buffers.Put(m.pooled)
		}
	}
	s.members = nil
}

// buffers are used again.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// packer makes samples of items, on several goroutines.
type packer struct {
	o          loader.Options
	categories *dataset.Categories
}

// pack reads the media of an item. It returns nil for an item that is left out.
func (p *packer) pack(it dataset.Item) (*sample, error) {
	s := &sample{key: Key(&it)}
	for i, f := range dataset.Files(it.Media) {
		m := member{extension: extension(f.Name), pooled: buffers.Get().(*[]byte)}
		if i > 0 {
			m.extension = "related" + strconv.Itoa(i-1) + "." + m.extension
		}
		var err error
		if *m.pooled, err = loader.ReadFile(f, (*m.pooled)[:0], p.o.Limits); err != nil {
			return nil, p.o.Unusable(&it, withoutBytes(err))
		}
		m.bytes = *m.pooled
		s.members = append(s.members, m)
	}
	if label, ok := onlyLabel(&it); ok {
		s.members = append(s.members, member{extension: "cls", bytes: strconv.AppendInt(nil, int64(label), 10)})
	}
	text, err := itemJSON(&it, p.categories)
	if err != nil {
		return nil, p.o.Unusable(&it, err)
	}
	s.members = append(s.members, member{extension: "json", bytes: text})
	return s, nil
}

func withoutBytes(err error) error {
	if errors.Is(err, dataset.ErrNoMedia) {
		return formats.WithHint(fmt.Errorf("there is nothing to train on: %w", err), "the dataset was exported without its media; --skip-errors leaves such items out")
	}
	return err
}

// onlyLabel returns the label of an item that has exactly one.
func onlyLabel(it *dataset.Item) (label int32, ok bool) {
	for _, a := range it.Annotations {
		l, is := a.(*dataset.Label)
		if !is || l.Label == dataset.NoLabel {
			continue
		}
		if ok {
			return 0, false
		}
		label, ok = l.Label, true
	}
	return label, ok
}

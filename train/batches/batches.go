// Package batches makes of a dataset, encrypted or not, the batches that a model
// is trained on: pictures decrypted, decoded and varied on all cores, in memory
// only, and ready before they are wanted.
//
//	train/loader → others for mosaic and mix-up → train/augment (on all cores) → batch → ready ahead of the step
//
// The same options give the same batches, whatever the number of cores. Memory
// is bounded by the pictures on their way and the few that are kept to be mixed
// into later ones; it does not grow with the dataset.
package batches

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"

	"datum/dataset"
	"datum/formats"
	"datum/internal/rgb"
	"datum/internal/workers"
	"datum/train/augment"
	"datum/train/loader"
)

// Options say what the batches are.
type Options struct {
	// Loader chooses the items, their order and how they are decoded. Fit, Width
	// and Height are not looked at: pictures come as they are, or decoded smaller
	// where that is faster and still large enough (Scaled).
	Loader loader.Options
	// Recipe says how pictures are varied, for each by the numbers of Seed, Epoch and its place.
	Recipe augment.Recipe
	Seed   uint64
	Epoch  int
	// Width and Height are the size of the pictures in a batch, Size is how many
	// there are.
	Width, Height, Size int
	// Objects returns what there is in a picture, in pixels of the picture as the dataset has it. It
	// is called by one goroutine, in the order of the stream. An item that is not
	// usable is left out. Without it there are no boxes.
	Objects func(*dataset.Item) (boxes []augment.Box, usable bool, err error)
	// Partial keeps a last batch that is not full; otherwise it is left out.
	Partial bool
	// Ahead is how many batches are ready before they are wanted; 0 means two.
	Ahead int
}

// A Batch is a number of pictures of one size.
type Batch struct {
	// Pixels are len(Items) × Height × Width × 3 bytes, RGB.
	Pixels []byte
	// Boxes are the objects in each picture, in its pixels.
	Boxes [][]augment.Box
	// Items are what the pictures are of; a mosaic and mix-up have others in them too.
	Items []dataset.Item

	size int
	room *sync.Pool
}

// Release gives the memory of the pixels back, to be used for another batch.
func (b *Batch) Release() {
	pixels := b.Pixels
	b.room.Put(&pixels)
	b.Pixels, b.room = nil, nil
}

// Stream streams the batches of one epoch. Errors are those of
// [loader.Samples], and what Objects returns.
func Stream(ctx context.Context, ds loader.Dataset, o Options) iter.Seq2[*Batch, error] {
	if err := o.check(); err != nil {
		return func(yield func(*Batch, error) bool) { yield(nil, err) }
	}
	ahead := o.Ahead
	if ahead <= 0 {
		ahead = 2
	}
	return workers.Ahead(ctx, ahead, func(ctx context.Context) iter.Seq2[*Batch, error] {
		return whole(workers.Map(ctx, workers.Count(o.Loader.Workers), jobs(ctx, ds, o), (&worker{o: o}).do), o.Partial)
	})
}

func (o *Options) check() error {
	if o.Width < 1 || o.Height < 1 || o.Size < 1 {
		return formats.Reason(formats.ErrUsage, "there are no batches of %d pictures of %d × %d pixels", o.Size, o.Width, o.Height)
	}
	limits := o.Loader.Limits.WithDefaults()
	if int64(o.Width) > limits.ImagePixels/int64(o.Height) {
		return formats.Reason(formats.ErrUsage, "pictures of %d × %d pixels are more than the %d that are allowed", o.Width, o.Height, limits.ImagePixels)
	}
	return o.Recipe.Check()
}

// A source is a decoded picture that several jobs may read.
type source struct {
	augment.Picture
	sample  *loader.Sample
	readers atomic.Int32
}

// done gives the memory back when nobody reads the picture any more.
func (s *source) done() {
	if s.readers.Add(-1) == 0 {
		s.sample.Release()
	}
}

// A job makes one picture of a batch.
type job struct {
	batch *Batch
	slot  int
	index int // in the stream
	from  *source
	other []*source
}

// jobs decides what each picture is made of. It runs on one goroutine, so that
// the order of the stream decides alone.
func jobs(ctx context.Context, ds loader.Dataset, o Options) iter.Seq2[job, error] {
	return func(yield func(job, error) bool) {
		l := o.Loader
		l.Fit, l.Width, l.Height = loader.Original, o.Width, o.Height
		room := &sync.Pool{New: func() any { return new([]byte) }}
		recent := recent{others: o.Recipe.Others()}
		var batch *Batch
		index := 0
		for s, err := range loader.Samples(ctx, ds, l) {
			if err != nil {
				yield(job{}, err)
				return
			}
			from, err := newSource(s, o.Objects)
			if err != nil {
				yield(job{}, err)
				return
			}
			if from == nil {
				s.Release()
				continue
			}
			if batch == nil {
				batch = newBatch(o, room)
			}
			j := job{batch: batch, slot: len(batch.Items), index: index, from: from, other: recent.choose(o.Seed, o.Epoch, index)}
			recent.add(from)
			batch.Items = append(batch.Items, s.Item)
			if len(batch.Items) == o.Size {
				batch = nil
			}
			index++
			if !yield(j, nil) {
				return
			}
		}
	}
}

func newBatch(o Options, room *sync.Pool) *Batch {
	n := o.Size * o.Width * o.Height * 3
	pixels := *room.Get().(*[]byte)
	if cap(pixels) < n {
		pixels = make([]byte, n)
	}
	return &Batch{Pixels: pixels[:n], Boxes: make([][]augment.Box, o.Size), Items: make([]dataset.Item, 0, o.Size), size: o.Size, room: room}
}

// newSource returns nil for a picture that is to be left out.
func newSource(s *loader.Sample, objects func(*dataset.Item) ([]augment.Box, bool, error)) (*source, error) {
	from := &source{sample: s}
	from.Picture.Picture = rgb.Picture{Pix: s.Pixels, Width: s.Width, Height: s.Height}
	from.readers.Store(1)
	if objects == nil {
		return from, nil
	}
	boxes, usable, err := objects(&s.Item)
	if err != nil || !usable {
		return nil, err
	}
	for _, b := range boxes {
		b.X1, b.X2 = b.X1*s.ScaleX+s.OffsetX, b.X2*s.ScaleX+s.OffsetX
		b.Y1, b.Y2 = b.Y1*s.ScaleY+s.OffsetY, b.Y2*s.ScaleY+s.OffsetY
		from.Boxes = append(from.Boxes, b)
	}
	return from, nil
}

// recent are the pictures that are kept to be mixed into later ones.
type recent struct {
	others int // that one picture may need
	kept   []*source
}

// keptForEach is how many pictures are kept for each that is needed.
const keptForEach = 4

// choose returns other pictures for one.
func (r *recent) choose(seed uint64, epoch, index int) []*source {
	if r.others == 0 || len(r.kept) == 0 {
		return nil
	}
	random := augment.Random(seed^seedOfOthers, epoch, index)
	list := make([]*source, r.others)
	for i := range list {
		list[i] = r.kept[random.IntN(len(r.kept))]
		list[i].readers.Add(1)
	}
	return list
}

// seedOfOthers makes the numbers that choose other ones than those that vary.
const seedOfOthers = 0x6f7468657273

func (r *recent) add(s *source) {
	if r.others == 0 {
		return
	}
	s.readers.Add(1)
	r.kept = append(r.kept, s)
	if len(r.kept) > r.others*keptForEach {
		r.kept[0].done()
		r.kept = r.kept[1:]
	}
}

// worker does jobs on several goroutines.
type worker struct {
	o       Options
	applier sync.Pool
}

func (w *worker) do(j job) (job, error) {
	a, _ := w.applier.Get().(*augment.Applier)
	if a == nil {
		a = &augment.Applier{Recipe: w.o.Recipe}
	}
	defer w.applier.Put(a)
	n := w.o.Width * w.o.Height * 3
	to := augment.Picture{Picture: rgb.Picture{Pix: j.batch.Pixels[j.slot*n:][:n:n], Width: w.o.Width, Height: w.o.Height}}
	others := make([]*augment.Picture, len(j.other))
	for i, s := range j.other {
		others[i] = &s.Picture
	}
	a.Apply(&to, augment.Random(w.o.Seed, w.o.Epoch, j.index), &j.from.Picture, others...)
	j.batch.Boxes[j.slot] = to.Boxes
	j.from.done()
	for _, s := range j.other {
		s.done()
	}
	return j, nil
}

// whole yields each batch when the last of its pictures is there.
func whole(in iter.Seq2[job, error], partial bool) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		var last *Batch
		ready := 0
		for j, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			last, ready = j.batch, j.slot+1
			if ready == j.batch.size {
				last = nil
				if !yield(j.batch, nil) {
					return
				}
			}
		}
		if last != nil && partial {
			last.Pixels = last.Pixels[:len(last.Pixels)/last.size*ready]
			last.Boxes = last.Boxes[:ready]
			yield(last, nil)
		}
	}
}

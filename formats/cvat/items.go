package cvat

import (
	"context"
	"iter"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
)

// job is the work of one item.
type job struct {
	x      *source
	subset string
	group  int32
	image  *imageRef  // nil for a frame that no <image> stands for
	frame  uint32     // its number
	shapes []shapeRef // of tracks
	lone   *picture   // a picture that no file lists
}

// result is what comes of a job.
type result struct {
	item  dataset.Item
	left  bool // out, since the record is bad
	notes formats.Loss
}

// Items streams the items, subset after subset.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		m.notes = formats.Loss{}
		h := &handles{open: map[*source]*handle{}}
		defer h.close()
		work := func(j job) (result, error) { return m.work(h, &j) }
		for r, err := range workers.Map(ctx, workers.Count(m.opts.Workers), m.jobs(ctx), work) {
			if err != nil {
				yield(dataset.Item{}, err)
				return
			}
			m.notes.Merge(r.notes)
			if !r.left && !yield(r.item, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(dataset.Item{}, err)
		}
	}
}

// jobs lists the work in the order of the items.
func (m *importer) jobs(ctx context.Context) iter.Seq2[job, error] {
	return func(yield func(job, error) bool) {
		for i, parts := range m.parts {
			subset := m.info.Subsets[i].Name
			for _, p := range parts {
				if err := ctx.Err(); err != nil {
					yield(job{}, err)
					return
				}
				if !m.partJobs(p, subset, yield) {
					return
				}
			}
			for k := range m.unlisted {
				if p := &m.unlisted[k]; p.subset == subset && !yield(job{subset: subset, lone: p}, nil) {
					return
				}
			}
		}
	}
}

// partJobs yields the jobs of a group: its images, and then the frames that
// are none of them.
func (m *importer) partJobs(p part, subset string, yield func(job, error) bool) bool {
	shapes := p.source.shapesOf(p.group)
	images := p.source.imagesOf(p.group)
	for i := range images {
		j := job{x: p.source, subset: subset, group: p.group, image: &images[i]}
		if images[i].id >= 0 {
			j.frame = uint32(images[i].id)
			j.shapes = shapesAt(shapes, j.frame)
		}
		if !yield(j, nil) {
			return false
		}
	}
	for _, frame := range p.source.looseFrames(p.group) {
		if !yield(job{x: p.source, subset: subset, group: p.group, frame: frame, shapes: shapesAt(shapes, frame)}, nil) {
			return false
		}
	}
	return true
}

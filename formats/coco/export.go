package coco

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/workers"
)

// exporter writes one dataset.
type exporter struct {
	ctx     context.Context
	dir     string
	root    *os.Root
	opts    formats.ExportOptions
	info    dataset.Info
	subsets []*outSubset
	byName  map[string]*outSubset
	media   *formats.MediaWriter
	loss    formats.Loss
	failed  error // the first error of Write

	records   *recordSpool // of all annotation files
	lastSpool int

	// See batch.
	pool    *workers.Pool
	batch   *batch
	pending []*workers.Future[*batch]
	spare   []*batch
	general bool // every item goes the general way, for tests
	quick   int  // the items that did not have to
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if err := o.OnlyPlain(formatName); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	e := &exporter{ctx: ctx, dir: dir, root: root, opts: o, byName: map[string]*outSubset{}}
	e.records = &recordSpool{root: root, name: fmt.Sprintf(".spool-%d", e.spools())}
	if e.media, err = formats.NewMediaWriter(ctx, formatName, dir, o); err != nil {
		root.Close()
		return nil, err
	}
	e.pool = workers.NewPool(workers.Count(o.Workers))
	return e, nil
}

// spools numbers the files that are only needed while the dataset is written.
func (e *exporter) spools() int {
	e.lastSpool++
	return e.lastSpool
}

// Begin takes what is known of the dataset.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = *info
	e.countInfo()
	for i := range info.Subsets {
		if _, err := e.subset(info.Subsets[i].Name); err != nil {
			return err
		}
	}
	return nil
}

// subset returns what is written of a subset, made on first use.
func (e *exporter) subset(name string) (*outSubset, error) {
	name, err := formats.SubsetFileName(name)
	if err != nil {
		return nil, e.errorf("", "%w", err)
	}
	if s := e.byName[name]; s != nil {
		return s, nil
	}
	s, err := newOutSubset(e, name)
	if err != nil {
		return nil, err
	}
	e.subsets = append(e.subsets, s)
	e.byName[name] = s
	return s, nil
}

// Write takes the next item. An error may come with a later call.
func (e *exporter) Write(it dataset.Item) error {
	if e.failed == nil {
		e.failed = e.take(it)
	}
	return e.failed
}

// Close writes the annotation files.
func (e *exporter) Close() (formats.Loss, error) {
	err := e.finish()
	e.Abort()
	return e.loss, err
}

func (e *exporter) finish() error {
	if e.failed == nil {
		e.failed = e.settle()
	}
	if e.failed != nil {
		return e.failed
	}
	for _, s := range e.subsets {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		if err := s.finish(); err != nil {
			return err
		}
	}
	return e.media.Wait()
}

// Abort stops the workers and closes and removes the spools.
func (e *exporter) Abort() {
	if e.root == nil {
		return
	}
	e.pool.Close()
	e.media.Abort()
	for _, s := range e.subsets {
		s.closeSpool()
	}
	e.records.close()
	e.root.Close()
	e.root = nil
}

// create makes a file of the dataset and the folders above it. No path leads
// out of the dataset, and nothing is overwritten.
func (e *exporter) create(p string) (*os.File, error) {
	if err := e.root.MkdirAll(path.Dir(p), 0o777); err != nil {
		return nil, e.placed(p, err)
	}
	f, err := e.root.OpenFile(p, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, e.placed(p, err)
	}
	return f, nil
}

func (e *exporter) placed(p string, err error) error {
	var inner *os.PathError
	switch {
	case files.Leaves(err):
		err = corrupt("the path leaves the dataset")
	case errors.As(err, &inner):
		err = inner.Err
	}
	return &formats.Error{Format: formatName, Path: filepath.Join(e.dir, filepath.FromSlash(p)), Err: err}
}

func (e *exporter) errorf(item, format string, args ...any) error {
	return &formats.Error{Format: formatName, Path: e.dir, Item: item, Err: corrupt(format, args...)}
}

func (e *exporter) lost(it *dataset.Item, what string) {
	e.loss.Add(what, fmt.Sprintf("%s of %s", it.ID, it.Subset), 1)
}

// countInfo counts what COCO cannot hold of the dataset as a whole.
func (e *exporter) countInfo() {
	user, _ := e.info.Attributes.Split()
	for _, a := range user {
		e.loss.Add("attributes of the dataset dropped", a.Name, 1)
	}
	c := &e.info.Categories
	if c.Labels != nil {
		for _, l := range c.Labels.Labels {
			e.loss.Add("names of attributes of categories dropped", l.Name, len(l.Attributes))
		}
		e.loss.Add("names of attributes of categories dropped", "all categories", len(c.Labels.Attributes))
		for _, g := range c.Labels.Groups {
			e.loss.Add("label groups dropped", g.Name, 1)
		}
	}
	if c.Masks != nil && len(c.Masks.Colors) > 0 {
		e.loss.Add("colours of labels dropped", c.Name(c.Masks.Colors[0].Label), len(c.Masks.Colors))
	}
	if c.Points == nil {
		return
	}
	for _, p := range c.Points.Items {
		if len(p.Positions) > 0 {
			e.loss.Add("positions of keypoints in a skeleton dropped", c.Name(p.Label), 1)
		}
	}
}

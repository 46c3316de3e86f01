package coco

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
)

// exporter writes one dataset.
type exporter struct {
	ctx     context.Context
	dir     string
	root    *os.Root
	opts    formats.ExportOptions
	pool    *workers.Pool
	info    dataset.Info
	ids     []string // label → category id
	subsets map[string]*outSubset
	order   []string
	saved   map[string]struct{} // pictures by path
	pending []*workers.Future[struct{}]
	loss    formats.Loss
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if o.Key != nil || o.PlainMedia || o.EncryptAllMedia {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "COCO datasets cannot be encrypted"), "write datumaro_binary with -f datumaro_binary")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &exporter{
		ctx: ctx, dir: dir, root: root, opts: o,
		pool:    workers.NewPool(workers.Count(o.Workers)),
		subsets: map[string]*outSubset{}, saved: map[string]struct{}{},
	}, nil
}

// Begin takes what is known of the dataset.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = *info
	e.ids = categoryIDs(&e.info.Categories)
	e.countInfoLoss()
	for _, s := range info.Subsets {
		if _, err := e.subset(s.Name); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) countInfoLoss() {
	user, _ := e.info.Attributes.Split()
	for _, a := range user {
		e.loss.Add("dataset attributes dropped", a.Name, 1)
	}
	c := &e.info.Categories
	if c.Labels != nil {
		for _, l := range c.Labels.Labels {
			e.loss.Add("names of category attributes dropped", l.Name, len(l.Attributes))
		}
		e.loss.Add("names of category attributes dropped", "all categories", len(c.Labels.Attributes))
		for _, g := range c.Labels.Groups {
			e.loss.Add("label groups dropped", g.Name, 1)
		}
	}
	if c.Masks != nil && len(c.Masks.Colors) > 0 {
		e.loss.Add("colours of labels dropped", c.Name(c.Masks.Colors[0].Label), len(c.Masks.Colors))
	}
	if c.Points != nil {
		for _, p := range c.Points.Items {
			if len(p.Positions) > 0 {
				e.loss.Add("positions of keypoints in a skeleton dropped", c.Name(p.Label), 1)
			}
		}
	}
}

// subset returns what is written of a subset, made on first use.
func (e *exporter) subset(name string) (*outSubset, error) {
	if name == "" {
		name = dataset.DefaultSubset
	}
	if s := e.subsets[name]; s != nil {
		return s, nil
	}
	if strings.ContainsAny(name, `/\`) || !filepath.IsLocal(name) || name == "." || !utf8.ValidString(name) {
		return nil, e.errorf("", "the subset name %q cannot be a file name", name)
	}
	s, err := newOutSubset(e, name)
	if err != nil {
		return nil, err
	}
	e.subsets[name] = s
	e.order = append(e.order, name)
	return s, nil
}

func (e *exporter) errorf(item, format string, args ...any) error {
	return &formats.Error{Format: formatName, Path: e.dir, Item: item, Err: formats.Reason(formats.ErrCorrupt, format, args...)}
}

// Write takes the next item.
func (e *exporter) Write(it dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	s, err := e.subset(it.Subset)
	if err != nil {
		return err
	}
	if err := e.check(&it); err != nil {
		return err
	}
	if err := s.write(&it); err != nil {
		return err
	}
	return e.drain(2 * workers.Count(e.opts.Workers))
}

func (e *exporter) check(it *dataset.Item) error {
	name := fileName(it)
	if !filepath.IsLocal(name) || !filepath.IsLocal(it.ID) || !utf8.ValidString(name) {
		return e.errorf(it.ID, "the name %q is no path inside a dataset", name)
	}
	for i, a := range it.Annotations {
		if l := dataset.LabelOf(a); l != nil && *l != dataset.NoLabel && (*l < 0 || int(*l) >= len(e.ids)) {
			return e.errorf(it.ID, "annotation %d has label %d of %d", i, *l, len(e.ids))
		}
	}
	return nil
}

// lost counts what has no place in COCO.
func (e *exporter) lost(it *dataset.Item, what string) {
	e.loss.Add(what, fmt.Sprintf("item %q of %s", it.ID, it.Subset), 1)
}

// drain waits for pictures until no more than most are being copied.
func (e *exporter) drain(most int) error {
	for len(e.pending) > most {
		_, err := e.pending[0].Wait()
		e.pending = e.pending[1:]
		if err != nil {
			return err
		}
	}
	return nil
}

// Close writes the annotation files.
func (e *exporter) Close() (formats.Loss, error) {
	if err := e.drain(0); err != nil {
		return e.loss, err
	}
	if len(e.order) == 0 {
		if _, err := e.subset(dataset.DefaultSubset); err != nil {
			return e.loss, err
		}
	}
	for _, name := range e.order {
		if err := e.subsets[name].finish(); err != nil {
			return e.loss, err
		}
	}
	e.pool.Close()
	e.pool = nil
	err := e.root.Close()
	e.root = nil
	return e.loss, err
}

// Abort stops the workers and closes the files.
func (e *exporter) Abort() {
	if e.pool != nil {
		e.pool.Close()
		e.pool = nil
	}
	for _, s := range e.subsets {
		s.closeFiles()
	}
	if e.root != nil {
		e.root.Close()
		e.root = nil
	}
}

// carriedFile is what a subset carries of one of its files.
type carriedFile struct {
	Path    string              `json:"path"`
	Task    string              `json:"task"`
	Members [][]json.RawMessage `json:"members"`
}

// carriedFiles reads the files that a subset came from, none where it came
// from elsewhere or what it carries cannot be used.
func carriedFiles(s *dataset.Subset) []carriedFile {
	var files []carriedFile
	if s == nil || !s.Attributes.Decode(carryFiles, &files) {
		return nil
	}
	seen := map[string]bool{}
	for _, f := range files {
		if !filepath.IsLocal(f.Path) || path.Ext(f.Path) != ".json" || seen[f.Path] {
			return nil
		}
		seen[f.Path] = true
	}
	return files
}

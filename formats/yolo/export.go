package yolo

import (
	"context"
	"errors"
	"os"
	"strconv"

	"datum/dataset"
	"datum/formats"
	"datum/internal/nameset"
	"datum/internal/workers"
)

// exporter writes one dataset.
type exporter struct {
	ctx        context.Context
	format     string
	dir        string
	root       *os.Root
	opts       formats.ExportOptions
	task       task
	decided    bool // that the task is final
	kpt        kptShape
	clip       bool
	confidence bool
	info       dataset.Info
	names      []string // of labels, as they are written
	ids        []int    // class numbers of labels
	subsets    []*outSubset
	byName     map[string]*outSubset
	layout     outLayout
	media      *formats.MediaWriter
	stems      *formats.FileNames
	pool       *workers.Pool
	waiting    batch // items of which nothing was made yet
	pending    []*workers.Future[made]
	spool      *spool
	line       []byte // of a list, being made
	meta       *outFile
	metaIDs    *nameset.Set // names that images.meta has
	seen       seen
	loss       formats.Loss
	failed     error // the first error of Write
}

// seen are kinds of annotation that came.
type seen struct {
	outline, rotated bool
	keypoints        int // the largest number of one object, 0 without any
	bareLabel        int // the largest label of a dataset that lists none, plus one
}

// outSubset is a subset that is being written.
type outSubset struct {
	name string
	list *outFile // of pictures, for Darknet
}

// outLayout is where a format puts its files.
type outLayout interface {
	// picture and label return paths for a name without extension.
	picture(subset, name, ext string) string
	label(subset, name string) string
	// meta returns how images.meta calls a picture, whose path is given.
	meta(e *exporter, subset, name, picture string) string
	// listed takes a picture or, where its name is not known, a label file.
	listed(e *exporter, s *outSubset, name string) error
	// finish writes the configuration.
	finish(e *exporter) error
}

func exportDarknet(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if t := task(o.Values.Of(optionTask)); t != auto && t != detect {
		err := formats.Reason(formats.ErrUsage, "the format %s holds boxes only, not the task %s", darknetName, t)
		return nil, formats.WithHint(err, "%s holds the others", ultralyticsName)
	}
	e, err := newExporter(ctx, darknetName, dir, o)
	if err != nil {
		return nil, err
	}
	e.task, e.layout = detect, darknetLayout{}
	return e, nil
}

func exportUltralytics(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	t := task(o.Values.Of(optionTask))
	if t == classify && !o.SaveMedia {
		err := formats.Reason(formats.ErrUsage, "the task classify puts pictures into the folders of their classes, and pictures are not saved")
		return nil, formats.WithHint(err, "--save-media saves them")
	}
	e, err := newExporter(ctx, ultralyticsName, dir, o)
	if err != nil {
		return nil, err
	}
	e.task, e.layout = t, ultralyticsLayout{}
	if t == classify {
		e.layout = classLayout{}
	}
	return e, nil
}

func newExporter(ctx context.Context, format, dir string, o formats.ExportOptions) (*exporter, error) {
	if err := o.OnlyPlain(format); err != nil {
		return nil, err
	}
	media, err := formats.NewMediaWriter(ctx, format, dir, o)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		media.Abort()
		return nil, err
	}
	return &exporter{
		ctx: ctx, format: format, dir: dir, root: root, opts: o, media: media,
		clip: o.Values.Is(optionClip), confidence: o.Values.Is(optionConfidence),
		byName: map[string]*outSubset{}, metaIDs: nameset.New(), stems: formats.NewFileNames(o.OnCollision),
		pool: workers.NewPool(workers.Count(o.Workers)),
	}, nil
}

// Begin takes what is known of the dataset.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = *info
	e.countInfo()
	if err := e.classes(); err != nil {
		return err
	}
	for i := range info.Subsets {
		if _, err := e.subset(info.Subsets[i].Name); err != nil {
			return err
		}
	}
	return nil
}

// subset returns a subset, made on first use.
func (e *exporter) subset(name string) (*outSubset, error) {
	name, err := formats.SubsetFileName(name)
	if err != nil {
		return nil, e.errorAt("", err)
	}
	if s := e.byName[name]; s != nil {
		return s, nil
	}
	s := &outSubset{name: name}
	e.subsets = append(e.subsets, s)
	e.byName[name] = s
	return s, nil
}

// decide chooses the task that keeps most of what came.
func (e *exporter) decide() {
	if e.task == auto {
		switch {
		case e.seen.keypoints > 0:
			e.task = pose
		case e.seen.rotated:
			e.task = obb
		case e.seen.outline:
			e.task = segment
		default:
			e.task = detect
		}
	}
	if e.task != pose {
		return
	}
	e.kpt = kptShape{max(e.seen.keypoints, longestSkeleton(&e.info.Categories)), 3}
	if k := decodeInts(e.info.Attributes, carryKptShape); len(k) == 2 && (kptShape{k[0], k[1]}).valid() {
		e.kpt = kptShape{max(e.kpt.points, k[0]), k[1]}
	}
	if e.kpt.points == 0 { // nothing came, and a shape is wanted all the same
		e.kpt.points = 1
	}
}

// Close writes what is left.
func (e *exporter) Close() (formats.Loss, error) {
	if e.root == nil {
		return e.loss, e.failed
	}
	if e.failed == nil {
		e.failed = e.finish()
	}
	err := e.failed
	e.Abort()
	return e.loss, err
}

func (e *exporter) finish() error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := errors.Join(e.emit(), e.drain(0)); err != nil {
		return err
	}
	e.decide()
	if err := e.emitSpooled(); err != nil {
		return err
	}
	if err := e.media.Close(); err != nil {
		return err
	}
	for label := len(e.names); label < e.seen.bareLabel; label++ {
		e.names, e.ids = append(e.names, strconv.Itoa(label)), append(e.ids, label)
	}
	if err := e.layout.finish(e); err != nil {
		return err
	}
	if e.meta != nil {
		return e.meta.close()
	}
	return nil
}

// Abort gives up.
func (e *exporter) Abort() {
	if e.root == nil {
		return
	}
	e.pool.Close()
	e.media.Abort()
	if e.spool != nil {
		e.spool.remove()
	}
	for _, s := range e.subsets {
		s.list.abandon()
	}
	e.meta.abandon()
	e.root.Close()
	e.root = nil
}

// errorAt gives an error its place.
func (e *exporter) errorAt(item string, err error) error {
	var placed *formats.Error
	if errors.As(err, &placed) {
		return err
	}
	return &formats.Error{Format: e.format, Path: e.dir, Item: item, Err: err}
}

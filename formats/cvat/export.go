package cvat

import (
	"context"
	"errors"
	"fmt"
	"os"

	"datum/dataset"
	"datum/formats"
	"datum/internal/scratch"
	"datum/internal/xmltext"
)

// exporter writes one dataset. The elements of images and of tracks go into
// spools, and from there into the file when all are known.
type exporter struct {
	ctx   context.Context
	dir   string
	root  *os.Root
	opts  formats.ExportOptions
	style string
	most  int64 // pixels of a mask
	info  dataset.Info
	meta  *xmltext.Node // that the dataset carries, or nil
	multi bool          // several subsets: each has a folder of pictures
	// plainDefault says that images of the default subset need not say so,
	// since <meta> names no other.
	plainDefault bool

	media  *formats.MediaWriter
	names  *formats.FileNames
	labels *labelWriter
	tracks *trackWriter
	images *scratch.File

	subsets []string
	known   map[string]bool
	items   int
	// frames are the numbers given away in each task, rising.
	frames        map[frameSpace][]uint32
	video         string // that items are frames of
	videoSaved    bool
	width, height int32 // of all frames, in the style of a video
	loss          formats.Loss
	buf           []byte
}

// frameSpace is what numbers of frames count in.
type frameSpace struct{ subset, task string }

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if err := o.OnlyPlain(formatName); err != nil {
		return nil, err
	}
	e := &exporter{
		ctx: ctx, dir: dir, opts: o, style: o.Values.Of(optionStyle), most: o.Limits.WithDefaults().ImagePixels,
		names: formats.NewFileNames(o.OnCollision), known: map[string]bool{}, frames: map[frameSpace][]uint32{},
	}
	if err := e.start(); err != nil {
		e.Abort()
		return nil, err
	}
	return e, nil
}

func (e *exporter) start() (err error) {
	if e.root, err = os.OpenRoot(e.dir); err != nil {
		return err
	}
	if e.media, err = formats.NewMediaWriter(e.ctx, formatName, e.dir, e.opts); err != nil {
		return err
	}
	if e.images, err = scratch.Create(e.root, ".images"); err != nil {
		return err
	}
	e.tracks = &trackWriter{e: e, index: map[trackKey]int{}}
	e.tracks.shapes, err = scratch.Create(e.root, ".tracks")
	return err
}

// Begin takes what is known of the dataset.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = *info
	e.labels = newLabelWriter(e)
	e.readMeta()
	for _, s := range info.Subsets {
		if err := e.subset(s.Name); err != nil {
			return err
		}
		user, _ := s.Attributes.Split()
		e.loss.Add("attributes of subsets dropped", "subset "+s.Name, len(user))
	}
	e.multi = len(e.subsets) > 1
	user, _ := info.Attributes.Split()
	for _, a := range user {
		e.loss.Add("attributes of the dataset dropped", a.Name, 1)
	}
	return nil
}

// readMeta takes the <meta> that the dataset carries, if it is a sound one.
func (e *exporter) readMeta() {
	text := carriedText(e.info.Attributes, carryMetaName)
	if n, err := xmltext.Parse([]byte(text), 0); err == nil && n.Name == "meta" {
		e.meta = n
	}
	declared := (&source{meta: e.meta}).declaredSubset()
	e.plainDefault = declared == "" || declared == dataset.DefaultSubset
}

// subset notes a subset.
func (e *exporter) subset(name string) error {
	name, err := formats.SubsetFileName(name)
	if err != nil {
		return e.at("", err)
	}
	if !e.known[name] {
		e.known[name] = true
		e.subsets = append(e.subsets, name)
	}
	return nil
}

// at gives an error its place.
func (e *exporter) at(item string, err error) error {
	var placed *formats.Error
	if err == nil || errors.As(err, &placed) {
		return err
	}
	out := &formats.Error{Format: formatName, Path: e.dir, Item: item, Err: err}
	if hint := formats.Hint(err); hint != "" {
		return formats.WithHint(out, "%s", hint)
	}
	return out
}

// lost counts what the format does not hold.
func (e *exporter) lost(what string, it *dataset.Item) {
	e.loss.Add(what, fmt.Sprintf("item %q of %s", it.ID, it.Subset), 1)
}

// text returns a text as XML can hold it, where counts what is about.
func (e *exporter) text(s string) string {
	if !xmltext.Holds(s) {
		e.loss.Add("texts with characters that XML cannot hold, which are replaced", fmt.Sprintf("%q", xmltext.Shorten(s)), 1)
	}
	return s
}

// Write takes the next item.
func (e *exporter) Write(it dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := formats.CheckItem(&e.info, &it); err != nil {
		return e.at(it.ID, err)
	}
	subset, err := formats.SubsetFileName(it.Subset)
	if err == nil {
		err = e.subset(subset)
	}
	if err != nil {
		return e.at(it.ID, err)
	}
	it.Subset = subset
	return e.at(it.ID, e.write(&it))
}

// Close writes the file.
func (e *exporter) Close() (formats.Loss, error) {
	err := e.media.Close()
	if err == nil {
		err = e.writeFile()
	}
	err = errors.Join(err, e.closeSpools())
	if e.root != nil {
		err = errors.Join(err, e.root.Close())
		e.root = nil
	}
	return e.loss, err
}

func (e *exporter) closeSpools() error {
	err := e.images.Remove()
	if e.tracks != nil {
		err = errors.Join(err, e.tracks.shapes.Remove())
	}
	return err
}

// Abort gives up.
func (e *exporter) Abort() {
	if e.media != nil {
		e.media.Abort()
	}
	if e.root != nil {
		e.closeSpools()
		e.root.Close()
		e.root = nil
	}
}

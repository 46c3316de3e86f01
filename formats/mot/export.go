package mot

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/nameset"
)

// exporter writes sequences. The rows of one of them are open at a time.
type exporter struct {
	ctx       context.Context
	dir       string
	root      *os.Root
	opts      formats.ExportOptions
	origin    float64
	info      dataset.Info
	media     *formats.MediaWriter
	items     *nameset.Set // ids and extensions
	labels    []string
	flat      bool // the only subset is "default", whose folder is left out
	sequences map[string]*outSequence
	order     []*outSequence
	current   *outSequence
	loss      losses
	failed    error
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if err := o.OnlyPlain(formatName); err != nil {
		return nil, err
	}
	media, err := formats.NewMediaWriter(ctx, formatName, dir, o)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		media.Abort()
		return nil, err
	}
	return &exporter{
		ctx: ctx, dir: dir, root: root, opts: o, origin: origin(o.Values), media: media, items: nameset.New(), sequences: map[string]*outSequence{},
	}, nil
}

// Begin takes what is known of the dataset. A subset that is named here becomes
// a sequence when it has an item, or at the end.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = *info
	e.loss.info(info)
	if info.Categories.Labels != nil {
		for _, l := range info.Categories.Labels.Labels {
			name := strings.TrimSpace(strings.NewReplacer("\r", " ", "\n", " ").Replace(strings.ToValidUTF8(l.Name, "_")))
			if name != l.Name {
				e.loss.Add("labels given another name, since theirs cannot stand in a line", l.Name, 1)
			}
			e.labels = append(e.labels, name)
		}
	}
	for _, s := range info.Subsets {
		if _, err := e.subset(s.Name); err != nil {
			return err
		}
	}
	e.flat = len(info.Subsets) == 1 && (info.Subsets[0].Name == dataset.DefaultSubset || info.Subsets[0].Name == "")
	return nil
}

func (e *exporter) at(item string, err error) error {
	return &formats.Error{Format: formatName, Path: e.dir, Item: item, Err: err}
}

// subset returns the name of the folder of a subset.
func (e *exporter) subset(name string) (string, error) {
	name, err := formats.SubsetFileName(name)
	if err == nil && isReserved(name) {
		err = formats.Reason(formats.ErrCorrupt, "the subset name %q cannot be the folder of a sequence", name)
	}
	if err != nil {
		return "", e.at("", err)
	}
	return name, nil
}

// isReserved reports whether a part of a path has a meaning of its own.
func isReserved(p string) bool {
	for _, part := range strings.Split(p, "/") {
		switch strings.ToLower(part) {
		case gtDir, detDir, imagesDir, "__macosx":
			return true
		}
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}

// Write takes the next item.
func (e *exporter) Write(it dataset.Item) error {
	if e.failed == nil {
		e.failed = e.write(&it)
	}
	return e.failed
}

func (e *exporter) write(it *dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := formats.CheckItem(&e.info, it); err != nil {
		return e.at(it.ID, err)
	}
	subset, err := e.subset(it.Subset)
	if err != nil {
		return err
	}
	m, ok := it.Media.(*dataset.Image)
	if it.Media != nil && !ok {
		e.drop(it, fmt.Sprintf("items with a %s dropped", it.Media.MediaKind()))
		return nil
	}
	ext := ""
	if m != nil {
		ext = path.Ext(m.Name)
		if m.Name != "" && !filepath.IsLocal(m.Name) {
			return e.at(it.ID, formats.Reason(formats.ErrCorrupt, "the media name %q is no path inside a dataset", m.Name))
		}
	}
	if !e.items.Add(subset + "\x00" + it.ID + "\x00" + ext) {
		return e.at(it.ID, formats.Reason(formats.ErrCorrupt, "the subset %s has two items of this id and media", subset))
	}
	prefix, base := path.Split(path.Clean(it.ID))
	prefix = strings.TrimSuffix(prefix, "/")
	if isReserved(prefix) {
		e.drop(it, "items dropped, since the folders in their ids cannot be those of sequences")
		return nil
	}
	return e.frame(it, m, e.sequence(subset, prefix), base)
}

// drop counts an item and what it has.
func (e *exporter) drop(it *dataset.Item, why string) {
	e.loss.lost(it, why, 1)
	for _, a := range it.Annotations {
		e.loss.dropped(it, a)
	}
}

// frame writes an item as a frame of a sequence.
func (e *exporter) frame(it *dataset.Item, m *dataset.Image, s *outSequence, base string) error {
	saved := m != nil && e.media.Saves(it, &m.File, &e.loss.Loss)
	ext := ".jpg"
	if m != nil {
		ext = path.Ext(m.Name)
	}
	if !imagesize.IsImage("x" + ext) {
		if m != nil {
			e.loss.lost(it, "media given the extension .jpg, since theirs is none of a picture", 1)
		}
		ext = ".jpg"
	}
	number, name, err := s.number(e, base, saved)
	if err != nil {
		return e.at(it.ID, err)
	}
	if id := path.Join(s.prefix, name); id != it.ID {
		e.loss.lost(it, "items given another id, the number of their frame", 1)
	}
	e.loss.item(it)
	rows, err := e.rows(it, s, number)
	if err != nil {
		return err
	}
	s.note(it, m, number, name, ext, saved || rows > 0, saved)
	if !saved {
		return e.ctx.Err()
	}
	return e.media.Save(it, &m.File, path.Join(s.dir, imagesDir, name+ext), &e.loss.Loss)
}

// sequence returns the sequence of a subset with the ids prefix/number.
func (e *exporter) sequence(subset, prefix string) *outSequence {
	key := subset + "\x00" + prefix
	if s := e.sequences[key]; s != nil {
		return s
	}
	s := newOutSequence(e, subset, prefix)
	e.sequences[key] = s
	e.order = append(e.order, s)
	return s
}

// Close ends the files.
func (e *exporter) Close() (formats.Loss, error) {
	err := e.failed
	if err == nil {
		err = e.finish()
	}
	if err == nil {
		err = e.media.Close()
	}
	if err == nil {
		err = e.ctx.Err()
	}
	e.Abort()
	return e.loss.Loss, err
}

func (e *exporter) finish() error {
	for _, s := range e.info.Subsets {
		name, err := e.subset(s.Name)
		if err != nil {
			return err
		}
		if !e.hasSequence(name) {
			e.sequence(name, "")
		}
	}
	for _, s := range e.order {
		if err := s.finish(e); err != nil {
			return err
		}
	}
	return e.leave()
}

func (e *exporter) hasSequence(subset string) bool {
	for _, s := range e.order {
		if s.subset == subset {
			return true
		}
	}
	return false
}

// Abort stops the workers and closes the files.
func (e *exporter) Abort() {
	e.media.Abort()
	if e.current != nil {
		e.current.file.Close()
		e.current = nil
	}
	if e.root != nil {
		e.root.Close()
		e.root = nil
	}
}

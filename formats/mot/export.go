package mot

import (
	"context"
	"path"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/nameset"
)

// exporter writes sequences. The rows of one of them are open at a time.
type exporter struct {
	*formats.FolderWriter
	origin    float64
	items     *nameset.Set // ids and extensions
	labels    []string
	flat      bool // the only subset is "default", whose folder is left out
	sequences map[string]*outSequence
	order     []*outSequence
	current   *outSequence
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	w, err := formats.NewFolderWriter(ctx, formatName, dir, o)
	if err != nil {
		return nil, err
	}
	return &exporter{FolderWriter: w, origin: origin(o.Values), items: nameset.New(), sequences: map[string]*outSequence{}}, nil
}

// Begin takes what is known of the dataset. A subset that is named here becomes
// a sequence when it has an item, or at the end.
func (e *exporter) Begin(info *dataset.Info) error {
	e.Info = *info
	e.loseInfo()
	if info.Categories.Labels != nil {
		for _, l := range info.Categories.Labels.Labels {
			name := strings.TrimSpace(strings.NewReplacer("\r", " ", "\n", " ").Replace(strings.ToValidUTF8(l.Name, "_")))
			if name != l.Name {
				e.Loss.Add("labels given another name, since theirs cannot stand in a line", l.Name, 1)
			}
			e.labels = append(e.labels, name)
		}
	}
	for _, s := range info.Subsets {
		if _, err := e.subset(s.Name); err != nil {
			return e.At("", err)
		}
	}
	e.flat = len(info.Subsets) == 1 && (info.Subsets[0].Name == dataset.DefaultSubset || info.Subsets[0].Name == "")
	return nil
}

// loseInfo counts what is lost of the dataset as a whole.
func (e *exporter) loseInfo() {
	c := &e.Info.Categories
	e.Loss.AddInfoAttributes(&e.Info)
	e.Loss.AddLabelAttributes(c)
	e.Loss.AddLabelGroups(c)
	e.Loss.AddParents(c)
	e.Loss.AddColors(c)
	e.Loss.AddSkeletons(c, "skeletons of labels dropped")
}

// subset returns the name of the folder of a subset.
func (e *exporter) subset(name string) (string, error) {
	return e.Subset(name, isReserved, "cannot be the folder of a sequence")
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
func (e *exporter) Write(it dataset.Item) error { return e.Item(&it, e.write) }

func (e *exporter) write(it *dataset.Item) error {
	subset, err := e.subset(it.Subset)
	if err != nil {
		return err
	}
	m, dropped := e.DropOther(it)
	if dropped {
		return nil
	}
	if err := e.CheckMediaName(it); err != nil {
		return err
	}
	ext := ""
	if m != nil {
		ext = path.Ext(m.Name)
	}
	if !e.items.Add(subset + "\x00" + it.ID + "\x00" + ext) {
		return formats.Reason(formats.ErrCorrupt, "the subset %s has two items of this id and media", subset)
	}
	prefix, base := path.Split(path.Clean(it.ID))
	prefix = strings.TrimSuffix(prefix, "/")
	if isReserved(prefix) {
		e.Drop(it, "items dropped, since the folders in their ids cannot be those of sequences")
		return nil
	}
	return e.frame(it, m, e.sequence(subset, prefix), base)
}

// frame writes an item as a frame of a sequence.
func (e *exporter) frame(it *dataset.Item, m *dataset.Image, s *outSequence, base string) error {
	saved := m != nil && e.Media.Saves(it, &m.File, &e.Loss)
	ext := ".jpg"
	if m != nil {
		ext = path.Ext(m.Name)
	}
	if !imagesize.IsImage("x" + ext) {
		if m != nil {
			e.Lost(it, "media given the extension .jpg, since theirs is none of a picture", 1)
		}
		ext = ".jpg"
	}
	number, name, err := s.number(e, base, saved)
	if err != nil {
		return err
	}
	if id := path.Join(s.prefix, name); id != it.ID {
		e.Lost(it, "items given another id, the number of their frame", 1)
	}
	e.Loss.AddItemAttributes(it)
	rows, err := e.rows(it, s, number)
	if err != nil {
		return err
	}
	s.note(it, m, number, name, ext, saved || rows > 0, saved)
	if !saved {
		return e.Ctx.Err()
	}
	return e.Media.Save(it, &m.File, path.Join(s.dir, imagesDir, name+ext), &e.Loss)
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
	loss, err := e.Finish(e.finish)
	e.Abort()
	return loss, err
}

func (e *exporter) finish() error {
	for _, s := range e.Info.Subsets {
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
	e.FolderWriter.Abort()
	if e.current != nil {
		e.current.file.Close()
		e.current = nil
	}
}

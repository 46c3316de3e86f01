package coco

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
)

// finish writes the files of a subset.
func (s *outSubset) finish() error {
	if len(s.files) == 0 {
		if _, err := s.file(taskImageInfo); err != nil {
			return err
		}
	}
	for k, f := range s.files {
		if err := s.writeFile(k, f); err != nil {
			return err
		}
		if err := f.annotations.close(); err != nil {
			return err
		}
	}
	return s.images.close()
}

func (s *outSubset) writeFile(k int, f *outFile) (err error) {
	if err := s.e.root.MkdirAll(path.Dir(f.path), 0o777); err != nil {
		return err
	}
	file, err := s.e.root.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := bufio.NewWriterSize(file, 256<<10)
	separator := "{\n"
	for _, m := range s.membersOf(f) {
		w.WriteString(separator)
		separator = ",\n"
		w.Write(m.name)
		w.WriteString(": ")
		if m.list == nil {
			w.Write(m.value)
			continue
		}
		w.WriteString("[")
		if err := m.list.copyTo(w, k); err != nil {
			return err
		}
		w.WriteString("\n]")
	}
	w.WriteString("\n}\n")
	return w.Flush()
}

// outMember is a top-level member to be written: a value, or a list of
// records.
type outMember struct {
	name, value []byte
	list        *spool
}

// membersOf are the members that the source had, in its order, or the usual
// ones.
func (s *outSubset) membersOf(f *outFile) []outMember {
	if f.members == nil {
		return s.usualMembers(f)
	}
	var out []outMember
	lists := map[string]*spool{`"images"`: s.images, `"annotations"`: f.annotations}
	for _, m := range f.members {
		switch {
		case len(m) == 0:
		case len(m) == 1 && lists[string(m[0])] != nil:
			out = append(out, outMember{name: m[0], list: lists[string(m[0])]})
			delete(lists, string(m[0]))
		case len(m) == 2:
			out = append(out, outMember{name: m[0], value: s.categoriesOf(f, m)})
		}
	}
	for _, name := range []string{`"images"`, `"annotations"`} {
		if l := lists[name]; l != nil && len(l.entries) > 0 {
			out = append(out, outMember{name: []byte(name), list: l})
		}
	}
	return out
}

// categoriesOf is the value of a member, which for categories is that of the
// source only if it still says the truth.
func (s *outSubset) categoriesOf(f *outFile, m []json.RawMessage) []byte {
	if string(m[0]) != `"categories"` || s.categoriesHold(m[1]) {
		return m[1]
	}
	return categoriesJSON(&s.e.info.Categories, s.e.ids, f.task == taskKeypoints)
}

// categoriesHold reports whether each category in raw is one of the dataset
// under the same id.
func (s *outSubset) categoriesHold(raw []byte) bool {
	var table categoryTable
	var notes formats.Loss
	if _, err := table.add(raw, &notes, ""); err != nil {
		return false
	}
	have := map[string]bool{}
	for i := range s.e.ids {
		have[s.e.ids[i]+" "+s.e.info.Categories.Labels.Labels[i].Name] = true
	}
	for known := range table.known {
		if !have[known] {
			return false
		}
	}
	return true
}

func (s *outSubset) usualMembers(f *outFile) []outMember {
	categories := []byte("[]")
	if f.task != taskCaptions {
		categories = categoriesJSON(&s.e.info.Categories, s.e.ids, f.task == taskKeypoints)
	}
	return []outMember{
		{name: []byte(`"licenses"`), value: []byte("[]")},
		{name: []byte(`"info"`), value: []byte("{}")},
		{name: []byte(`"categories"`), value: categories},
		{name: []byte(`"images"`), list: s.images},
		{name: []byte(`"annotations"`), list: f.annotations},
	}
}

// savePicture starts copying the media of an item.
func (e *exporter) savePicture(it *dataset.Item, subset, dir string) error {
	if it.Media == nil {
		e.lost(it, "items without media, which get a file_name")
		return nil
	}
	if it.Media.MediaKind() != dataset.MediaImage {
		e.lost(it, "media that are no pictures, of which only the name is kept")
		return nil
	}
	f := it.Media.Main()
	if !e.opts.SaveMedia {
		return nil
	}
	if f.Source == nil {
		e.lost(it, "media files not saved, since the source holds only their names")
		return nil
	}
	to := path.Join(dir, f.Name)
	if _, twice := e.saved[to]; twice {
		return e.errorf(it.ID, "two pictures would be saved as %s", to)
	}
	e.saved[to] = struct{}{}
	if err := e.root.MkdirAll(path.Dir(to), 0o777); err != nil {
		return err
	}
	item, file := it.ID, *f
	e.pending = append(e.pending, workers.Go(e.pool, func() (struct{}, error) {
		return struct{}{}, e.copyPicture(item, &file, to)
	}))
	return nil
}

// copyPicture runs on the pool.
func (e *exporter) copyPicture(item string, f *dataset.File, to string) (err error) {
	in, err := f.Open()
	if err != nil {
		return formats.WithHint(
			&formats.Error{Format: formatName, Path: f.Name, Item: item, Err: err},
			"without --save-media only the annotations are converted")
	}
	defer in.Close()
	out, err := e.root.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}

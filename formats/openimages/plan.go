package openimages

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"datum/formats"
)

func newHasher() hasher { return hasher{maphash.MakeSeed()} }

// isListed reports whether a list has an image in a subset.
func (m *importer) isListed(subset string, hash uint64) bool {
	_, ok := slices.BinarySearch(m.listed, hash+m.hash.subset(subset))
	return ok
}

// isListedAnywhere reports whether a list has an image in any subset.
func (m *importer) isListedAnywhere(hash uint64) bool {
	return slices.ContainsFunc(m.salts, func(salt uint64) bool {
		_, ok := slices.BinarySearch(m.listed, hash+salt)
		return ok
	})
}

// plan finds the items that are in no list. Those of a subset that are come
// first.
func (m *importer) plan() {
	for _, s := range m.subsets {
		m.salts = append(m.salts, m.hash.subset(s.name))
	}
	var extras []run
	for i := 0; i < len(m.runs); {
		j := i + 1
		for j < len(m.runs) && m.runs[j].hash == m.runs[i].hash {
			j++
		}
		if !m.isListedAnywhere(m.runs[i].hash) {
			extras = m.addExtras(extras, m.runs[i:j])
		}
		i = j
	}
	slices.SortFunc(extras, func(a, b run) int { return cmp.Compare(a.where, b.where) })
	for _, r := range extras {
		s := m.subset(cmp.Or(m.tables[r.table()].subset, defaultSubset))
		s.extras = append(s.extras, r)
		s.items++
	}
	bare := make([]int, len(m.pictures.roots))
	for _, p := range m.pictures.list {
		if m.isBare(p.hash) {
			bare[p.root]++
		}
	}
	for i, r := range m.pictures.roots {
		name := cmp.Or(r.subset, defaultSubset)
		known := slices.ContainsFunc(m.subsets, func(s *subset) bool { return s.name == name })
		if m.wants(r) && (known || bare[i] > 0) {
			s := m.subset(name)
			s.roots = append(s.roots, i)
			s.items += bare[i]
		}
	}
	if len(m.twice) > 0 {
		for _, s := range m.subsets {
			s.items = -1
		}
	}
}

// addExtras adds the first run of each subset of runs about one image.
func (m *importer) addExtras(extras, runs []run) []run {
	var seen []string
	for _, r := range runs {
		if s := m.tables[r.table()].subset; s != "" && !slices.Contains(seen, s) {
			seen = append(seen, s)
			extras = append(extras, r)
		}
	}
	if len(seen) == 0 {
		extras = append(extras, runs[0])
	}
	return extras
}

// isBare reports whether no table has an image.
func (m *importer) isBare(hash uint64) bool {
	_, found := slices.BinarySearchFunc(m.runs, hash, func(r run, h uint64) int { return cmp.Compare(r.hash, h) })
	return !found && !m.isListedAnywhere(hash)
}

// wants reports whether pictures of a folder are items where no table has
// them. Where one file was asked for, those of its subset are.
func (m *importer) wants(r root) bool {
	return m.folder.Only() == "" || r.subset == m.tables[0].subset
}

// errStop ends a walk when the receiver has enough.
var errStop = errors.New("enough")

// walk finds the items of one subset.
type walk struct {
	m     *importer
	ctx   context.Context
	s     *subset
	yield func(key) bool
}

// give yields a key with the file of its picture.
func (w *walk) give(k key) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	k.subset = w.s.name
	if k.err == nil && (!filepath.IsLocal(k.id) || !utf8.ValidString(k.id)) {
		k.err = formats.Reason(formats.ErrCorrupt, "the ImageID %q is no path inside a dataset", k.id)
	}
	if k.err == nil && !utf8.ValidString(k.subset) {
		k.err = formats.Reason(formats.ErrCorrupt, "the name of the subset is not UTF-8")
	}
	if !k.hasFile && k.err == nil {
		k.file, k.hasFile = w.m.pictures.find(k.subset, k.id)
	}
	if !w.yield(k) {
		return errStop
	}
	return nil
}

// listed yields the images of lists.
func (w *walk) listed() error {
	seen := map[uint64]bool{}
	for _, t := range w.s.lists {
		in := newRows(io.NewSectionReader(t.file, 0, 1<<62))
		if _, err := in.next(); err != nil && err != io.EOF {
			return w.m.at(t, 1, "", err)
		}
		for n := 0; ; n++ {
			row, err := in.next()
			if err == io.EOF {
				break
			}
			if err == nil && n%4096 == 0 {
				err = w.ctx.Err()
			}
			if err != nil {
				return w.m.at(t, 0, "", err)
			}
			if w.m.subsetIn(t, row) != w.s.name {
				continue
			}
			k := key{id: string([]byte(t.get(row, "ImageID"))), table: t, line: in.line(), columns: t.carry(row)}
			if h := w.m.hash.in(w.s.name, k.id); w.m.twice[h] {
				if seen[h] {
					k.err = formats.Reason(formats.ErrCorrupt, "the image is listed twice")
				}
				seen[h] = true
			}
			if k.id == "" {
				k.err = formats.Reason(formats.ErrCorrupt, "the row has no ImageID")
			}
			if err := w.give(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// unlisted yields the images that only annotations speak of.
func (w *walk) unlisted() error {
	for _, r := range w.s.extras {
		t := w.m.tables[r.table()]
		in, err := t.at(r)
		if err != nil {
			return w.m.at(t, int(r.line), "", err)
		}
		row, err := in.next()
		if err != nil {
			return w.m.at(t, int(r.line), "", formats.Reason(formats.ErrCorrupt, "the file changed while it was read: %w", err))
		}
		k := key{id: t.get(row, "ImageID"), table: t, line: int(r.line)}
		if k.id == "" {
			k.err = formats.Reason(formats.ErrCorrupt, "the row has no ImageID")
		}
		if err := w.give(k); err != nil {
			return err
		}
	}
	return nil
}

// bare yields the pictures that no table has.
func (w *walk) bare() error {
	var failed error
	for _, number := range w.s.roots {
		err := w.m.pictures.walk(w.ctx, number, func(id, ext string) bool {
			h := w.m.hash.id(id)
			file := picture{h, uint32(number), uint32(slices.Index(w.m.pictures.exts, ext))}
			if w.m.isBare(h) {
				failed = w.give(key{id: id, file: file, hasFile: true})
			} else if used, _ := w.m.pictures.find(w.m.pictures.roots[number].subset, id); used != file {
				w.m.Latest.Add("pictures with the id of another ignored", w.m.folder.Path(w.m.pictures.path(file, id)), 1)
			}
			return failed == nil
		})
		if err == nil {
			err = failed
		}
		if err != nil && err != errStop {
			err = formats.At(w.m.folder, formatName, w.m.pictures.roots[number].dir, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

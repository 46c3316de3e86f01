package openimages

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"slices"

	"datum/formats"
)

// run is where consecutive rows about one image are: 24 bytes.
type run struct {
	hash  uint64
	where uint64 // the number of the table, and 48 bits of offset
	bytes uint32
	line  uint32
}

const (
	// maxRun bounds a run, which is read as a whole.
	maxRun = 4 << 20
	// maxSubsets bounds how often a list is read.
	maxSubsets = 100
)

func (r run) table() int { return int(r.where >> 48) }

func (r run) offset() int64 { return int64(r.where & (1<<48 - 1)) }

// hasher makes numbers of ids. The id of an image in a subset has that of the
// id plus one of the subset.
type hasher struct{ seed maphash.Seed }

func (h hasher) id(id string) uint64 { return maphash.String(h.seed, id) }

func (h hasher) subset(name string) uint64 { return maphash.String(h.seed, "subset\x00"+name) }

func (h hasher) in(subset, id string) uint64 { return h.id(id) + h.subset(subset) }

// scanned is what a table has.
type scanned struct {
	runs   []run
	labels map[string]bool
	// Of lists of images: the images by subset.
	subsets []string
	counts  map[string]int
	listed  []uint64
}

// scan reads a table once.
func (m *importer) scan(ctx context.Context, number int) (*scanned, error) {
	t := m.tables[number]
	s := &scanned{labels: map[string]bool{}, counts: map[string]int{}}
	in := newRows(io.NewSectionReader(t.file, 0, 1<<62))
	if _, err := in.next(); err != nil {
		return s, m.at(t, 1, "", err)
	}
	last := "" // the id of the run
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		from := in.InputOffset()
		row, err := in.next()
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return nil, m.at(t, 0, "", err)
		}
		id := t.get(row, "ImageID")
		if t.kind == kindImages {
			if s.list(m.hash, m.subsetIn(t, row), id); len(s.subsets) > maxSubsets {
				return nil, m.at(t, in.line(), id, formats.Reason(formats.ErrCorrupt, "more than %d subsets", maxSubsets))
			}
			continue
		}
		if l := t.get(row, "LabelName"); l != "" && !s.labels[l] {
			s.labels[string([]byte(l))] = true
		}
		if k := len(s.runs) - 1; k >= 0 && id == last && in.InputOffset()-s.runs[k].offset() < maxRun {
			s.runs[k].bytes = uint32(in.InputOffset() - s.runs[k].offset())
			continue
		}
		last = string([]byte(id))
		s.runs = append(s.runs, run{m.hash.id(id), uint64(number)<<48 | uint64(from), uint32(in.InputOffset() - from), uint32(in.line())})
	}
}

// list notes an image of a list.
func (s *scanned) list(h hasher, subset, id string) {
	if id == "" {
		return
	}
	if _, ok := s.counts[subset]; !ok {
		subset = string([]byte(subset))
		s.subsets = append(s.subsets, subset)
	}
	s.counts[subset]++
	s.listed = append(s.listed, h.in(subset, id))
}

// subsetIn is the subset of a row of a list.
func (m *importer) subsetIn(t *table, row []string) string {
	if s := t.get(row, "Subset"); s != "" {
		return s
	}
	return cmp.Or(t.subset, defaultSubset)
}

// runsOf returns the runs about an image, in the order of the tables.
func (m *importer) runsOf(id string) []run {
	h := m.hash.id(id)
	from, found := slices.BinarySearchFunc(m.runs, h, func(r run, h uint64) int { return cmp.Compare(r.hash, h) })
	if !found {
		return nil
	}
	to := from
	for to < len(m.runs) && m.runs[to].hash == h {
		to++
	}
	return m.runs[from:to]
}

func sortRuns(runs []run) {
	slices.SortFunc(runs, func(a, b run) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.where, b.where)) })
}

// at gives an error about a table its place.
func (m *importer) at(t *table, line int, item string, err error) error {
	var placed *formats.Error
	if errors.As(err, &placed) {
		return err
	}
	return &formats.Error{Format: formatName, Path: m.folder.Path(t.name), Line: line, Item: item, Err: err}
}

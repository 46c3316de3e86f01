package voc

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// ref is an entry of a part as it stands in a subset.
type ref struct {
	part  *part
	entry int32
	tasks uint8 // bit k: the list of task k names it
}

// subset is a named list of entries.
type subset struct {
	name string
	refs []ref
	at   map[*part]map[int32]int // place of an entry, while lists are merged
}

// flag says that an item is of a class; hard, that this is difficult to see.
type flag struct {
	label int32
	hard  bool
}

// unionName matches subsets that are made of others.
var unionName = regexp.MustCompile(`(?i)^(trainval|train_val|all)`)

// subsetMaker brings the lists of all parts together.
type subsetMaker struct {
	subsets []*subset
	byName  map[string]*subset
	notes   *formats.Loss
}

func (m *subsetMaker) subset(name string) *subset {
	s := m.byName[name]
	if s == nil {
		s = &subset{name: name, at: map[*part]map[int32]int{}}
		m.byName[name] = s
		m.subsets = append(m.subsets, s)
	}
	return s
}

// add puts an entry into a subset, once.
func (s *subset) add(p *part, entry int32, task int) {
	places := s.at[p]
	if places == nil {
		places = map[int32]int{}
		s.at[p] = places
	}
	i, again := places[entry]
	if !again {
		i = len(s.refs)
		places[entry] = i
		s.refs = append(s.refs, ref{part: p, entry: entry})
	}
	if task >= 0 {
		s.refs[i].tasks |= 1 << task
	}
	p.entries[entry].listed = true
}

// makeSubsets sorts the entries of all parts into subsets.
func makeSubsets(parts []*part, notes *formats.Loss) []*subset {
	m := subsetMaker{byName: map[string]*subset{}, notes: notes}
	for _, p := range parts {
		for _, l := range p.lists {
			s := m.subset(l.name)
			for _, i := range l.refs {
				s.add(p, i, slices.Index(tasks, l.task))
			}
		}
	}
	m.dropUnions()
	for _, p := range parts {
		m.unlisted(p)
	}
	m.countDoubles()
	for _, s := range m.subsets {
		s.at = nil
	}
	slices.SortStableFunc(m.subsets, func(a, b *subset) int { return strings.Compare(a.name, b.name) })
	return m.subsets
}

// dropUnions takes out of lists such as trainval what another list has too, and
// the lists of which nothing is left.
func (m *subsetMaker) dropUnions() {
	elsewhere := func(s *subset, r ref) bool {
		return slices.ContainsFunc(m.subsets, func(o *subset) bool {
			_, has := o.at[r.part][r.entry]
			return has && o != s && !unionName.MatchString(o.name)
		})
	}
	m.subsets = slices.DeleteFunc(m.subsets, func(s *subset) bool {
		if !unionName.MatchString(s.name) || len(s.refs) == 0 {
			return false
		}
		before := len(s.refs)
		s.refs = slices.DeleteFunc(s.refs, func(r ref) bool {
			gone := elsewhere(s, r)
			if gone {
				delete(s.at[r.part], r.entry)
			}
			return gone
		})
		m.notes.Add("names in lists such as trainval that another list has too, read as of that", s.name, before-len(s.refs))
		if len(s.refs) == 0 {
			delete(m.byName, s.name)
		}
		return len(s.refs) == 0
	})
}

// unlisted puts the entries that no list names into a subset: that of the part,
// those that folders tell, or the default one.
func (m *subsetMaker) unlisted(p *part) {
	bySplit := len(p.lists) == 0 && p.subset == "" && p.isSplit()
	order := make([]int32, len(p.entries))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return strings.Compare(p.entries[a].id, p.entries[b].id) })
	for _, i := range order {
		e := &p.entries[i]
		if e.listed || e.xml == "" && e.picture == "" && e.class == "" && e.object == "" {
			continue
		}
		name := dataset.DefaultSubset
		switch {
		case p.subset != "":
			name = p.subset
		case bySplit:
			name, e.id, _ = strings.Cut(e.id, "/")
		case e.second && m.addBeside(p, i):
			continue
		case len(p.lists) > 0:
			m.notes.Add("items that no list of a subset names, read as of the subset default", e.id, 1)
		}
		m.subset(name).add(p, i, -1)
	}
}

// addBeside puts a picture that has the name of another into the subsets of
// that one.
func (m *subsetMaker) addBeside(p *part, i int32) (done bool) {
	first := p.byID[p.entries[i].id]
	for _, s := range m.subsets {
		if _, ok := s.at[p][first]; ok {
			s.add(p, i, -1)
			done = true
		}
	}
	return done
}

// isSplit reports whether all entries are in folders that are subsets.
func (p *part) isSplit() bool {
	for _, e := range p.entries {
		if first, _, ok := strings.Cut(e.id, "/"); !ok || !splitName.MatchString(first) {
			return false
		}
	}
	return len(p.entries) > 0
}

// countDoubles notes what is in several subsets, and gives items of several
// parts that have the same name in one subset names of their own.
func (m *subsetMaker) countDoubles() {
	seen := map[*part]map[int32]bool{}
	for _, s := range m.subsets {
		ids := map[string]bool{}
		for _, r := range s.refs {
			if seen[r.part] == nil {
				seen[r.part] = map[int32]bool{}
			}
			e := &r.part.entries[r.entry]
			if seen[r.part][r.entry] {
				m.notes.Add("items of several subsets, read as one of each", e.id+" of "+s.name, 1)
				e.shared = true
			}
			seen[r.part][r.entry] = true
			if len(s.at) < 2 {
				continue
			}
			if key := e.id + "\x00" + path.Ext(e.picture); ids[key] {
				e.id = path.Base(r.part.dir) + "/" + e.id
				m.notes.Add("items of several folders with the same name, given that of the folder too", e.id, 1)
			} else {
				ids[key] = true
			}
		}
	}
}

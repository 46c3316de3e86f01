package imagefolder

import (
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// barePlaces puts pictures where their ids say.
type barePlaces struct {
	flat bool // the only subset is "default", whose folder is left out
	// kept says that the folders of subsets are read as such.
	kept bool
	// What lies at the top, when flat: a picture, a folder that is no subset,
	// and how many pictures in folders that have names of subsets.
	picture, folder bool
	asSubset        int
	example         string
	used            map[string]bool
}

func newBarePlaces() places { return &barePlaces{used: map[string]bool{}} }

func (p *barePlaces) begin(e *exporter) error {
	loseBareInfo(&e.Loss, &e.Info)
	p.flat = len(e.subsets) == 1 && e.subsets[0] == dataset.DefaultSubset
	p.kept = len(e.subsets) > 0 && !slices.ContainsFunc(e.subsets, func(s string) bool { return !isSubsetName(s) })
	return nil
}

func (p *barePlaces) place(e *exporter, it *dataset.Item, subset string) (folder, id string, err error) {
	id = path.Clean(it.ID)
	if !p.flat || subset != dataset.DefaultSubset {
		if !p.kept || !slices.ContainsFunc(e.Info.Subsets, func(s dataset.Subset) bool { return s.Name == it.Subset }) {
			e.Lost(it, "items whose subset becomes a folder in their id", 1)
		}
		p.used[subset] = true
		return subset, id, nil
	}
	switch first, _, nested := strings.Cut(id, "/"); {
	case !nested:
		p.picture = true
	case isSubsetName(first):
		if p.asSubset++; p.asSubset == 1 {
			p.example = formats.PlaceOf(it)
		}
	default:
		p.folder = true
	}
	return "", id, nil
}

func (p *barePlaces) path(folder, id string) string { return path.Join(folder, id) }

func (p *barePlaces) write(e *exporter, it *dataset.Item, _, _, _ string) error {
	for _, a := range it.Annotations {
		e.Loss.AddDropped(it, a)
	}
	return nil
}

func (p *barePlaces) finish(e *exporter) error {
	if p.flat {
		if !p.picture && !p.folder {
			e.Loss.Add("items whose folder is read as a subset", p.example, p.asSubset)
		}
		return nil
	}
	for _, s := range e.subsets {
		if p.used[s] {
			continue
		}
		if !p.kept {
			e.Loss.Add("subsets without items dropped", s, 1)
			continue
		}
		if err := e.mkdir(s, "subsets without items dropped"); err != nil {
			return err
		}
	}
	return nil
}

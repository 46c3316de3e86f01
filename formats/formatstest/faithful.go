package formatstest

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
)

// roundTrip requires that what the format holds comes back, and that exactly
// the rest was counted.
func (s *Suite) roundTrip(t *testing.T) {
	in := s.Sample()
	dir, loss := s.write(t, in, nil)
	got, want := s.mustRead(t, dir), s.expected(in)
	same(t, want, got)
	counted := map[string]int{}
	for _, e := range loss.Entries() {
		counted[e.What] = e.Count
		if e.Example == "" {
			t.Errorf("the loss %q names no place", e.What)
		}
	}
	if !maps.Equal(counted, s.Losses) {
		t.Errorf("losses:\n got %v\nwant %v", counted, s.Losses)
	}
	if gone := facts(in) - facts(got); gone > loss.Total() {
		t.Errorf("%d items, annotations and media are gone, only %d losses are counted", gone, loss.Total())
	}
}

func same(t *testing.T, want, got *Dataset) {
	t.Helper()
	for _, d := range CompareAll(want.List, got.List, Compare) {
		t.Error(d)
	}
	a, b := want.Meta, got.Meta
	a.Subsets, b.Subsets = byName(a.Subsets), byName(b.Subsets)
	if d := CompareInfo(&a, &b); d != "" {
		t.Errorf("info (-want +got):\n%s", d)
	}
}

func byName(list []dataset.Subset) []dataset.Subset {
	return slices.SortedFunc(slices.Values(list), func(a, b dataset.Subset) int {
		return bytes.Compare([]byte(a.Name), []byte(b.Name))
	})
}

// facts counts what a user would miss.
func facts(d *Dataset) int {
	n := len(d.List)
	for _, it := range d.List {
		n += len(it.Annotations)
		for _, f := range dataset.Files(it.Media) {
			if f.Source != nil {
				n++
			}
		}
	}
	return n
}

// otherMedia makes the round trip with each other kind of media.
func (s *Suite) otherMedia(t *testing.T) {
	for _, kind := range s.Media {
		in := SampleOf(kind)
		if len(in.List) == 0 {
			t.Fatalf("there is no sample about media of kind %s", kind)
		}
		dir, loss := s.write(t, in, nil)
		want := s.expected(in)
		want.Meta.MediaKind = kind
		same(t, want, s.mustRead(t, dir))
		if s.Losses == nil && loss.Total() > 0 {
			t.Errorf("%s: losses: %v", kind, loss)
		}
	}
}

// secondRound requires that what came back once comes back again, without any
// loss.
func (s *Suite) secondRound(t *testing.T) {
	first, _ := s.write(t, s.Sample(), nil)
	once := s.mustRead(t, first)
	again, loss := s.write(t, once, func(o *formats.ExportOptions) { o.NoSidecar = s.Export.NoSidecar })
	same(t, once, s.mustRead(t, again))
	for _, it := range once.List {
		for _, f := range dataset.Files(it.Media) {
			if f.Source == nil {
				return // known by name only, and counted each time
			}
		}
	}
	if loss.Total() > 0 {
		t.Errorf("the second round loses something: %v", loss)
	}
}

// order requires that items come subset after subset, in the order of Info and
// the same each time.
func (s *Suite) order(t *testing.T) {
	dir, _ := s.write(t, s.Sample(), nil)
	im, err := Open(t.Context(), s.Format, dir, s.Import)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	once, err := Collect(t.Context(), im)
	if err != nil {
		t.Fatal(err)
	}
	for range im.Items(t.Context()) { // a stream that nobody reads on
		break
	}
	again, err := Collect(t.Context(), im)
	if err != nil {
		t.Fatal(err)
	}
	for i := range min(len(once), len(again)) {
		if d := Compare(once[i], again[i]); d != "" {
			t.Errorf("item %d differs when read again:\n%s", i, d)
		}
	}
	if len(once) != len(again) {
		t.Errorf("%d items, then %d", len(once), len(again))
	}
	var came, listed []string
	counts := map[string]int{}
	for _, it := range once {
		if counts[it.Subset]++; len(came) == 0 || came[len(came)-1] != it.Subset {
			came = append(came, it.Subset)
		}
	}
	for _, sub := range im.Info().Subsets {
		if sub.Items >= 0 && sub.Items != counts[sub.Name] {
			t.Errorf("subset %q has %d items, its info says %d", sub.Name, counts[sub.Name], sub.Items)
		}
		if counts[sub.Name] > 0 {
			listed = append(listed, sub.Name)
		}
	}
	if !slices.Equal(came, listed) {
		t.Errorf("subsets come in the order %q, the info says %q", came, listed)
	}
}

// determinism requires equal files of each export, whatever the number of
// workers.
func (s *Suite) determinism(t *testing.T) {
	one, _ := s.write(t, s.Sample(), func(o *formats.ExportOptions) { o.Workers = 1 })
	many, _ := s.write(t, s.Sample(), func(o *formats.ExportOptions) { o.Workers = 7 })
	a, b := tree(t, one), tree(t, many)
	if !slices.Equal(sortedNames(a), sortedNames(b)) {
		t.Fatalf("files %q, then %q", sortedNames(a), sortedNames(b))
	}
	for name := range a {
		x, y := a[name], b[name]
		if s.Opened != nil {
			x, y = s.Opened(t, name, x), s.Opened(t, name, y)
		}
		if !bytes.Equal(x, y) {
			t.Errorf("%s differs between two exports", name)
		}
	}
}

// empty requires that a dataset without items can be written, and is read as
// such or not found at all.
func (s *Suite) empty(t *testing.T) {
	dir, loss := s.write(t, &Dataset{Meta: dataset.Info{MediaKind: dataset.MediaImage}}, nil)
	if loss.Total() > 0 {
		t.Errorf("losses of nothing: %v", loss)
	}
	got, err := s.read(t.Context(), dir)
	if errors.Is(err, formats.ErrUnknownFormat) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(got.List) > 0 {
		t.Errorf("%d items", len(got.List))
	}
}

// probe requires that the format knows its own output, and not an empty
// folder.
func (s *Suite) probe(t *testing.T) {
	if v, err := Probe(t.Context(), s.Format, t.TempDir()); err != nil || v.Confidence != formats.No || len(v.Unmet) == 0 {
		t.Errorf("an empty folder: %+v", v)
	}
	dir, _ := s.write(t, s.Sample(), nil)
	if v, err := Probe(t.Context(), s.Format, dir); err != nil || v.Confidence == formats.No || len(v.Unmet) > 0 || v.Encrypted != (s.Export.Key != nil) {
		t.Errorf("its own output: %+v", v)
	}
	if _, err := Open(t.Context(), s.Format, dir+"/none", s.Import); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Errorf("a folder that does not exist: %v", err)
	}
}

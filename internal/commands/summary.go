package commands

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"datum"
	"datum/dataset"
)

// summary is what a dataset holds.
type summary struct {
	Path        string         `json:"path"`
	Format      string         `json:"format"`
	Encrypted   bool           `json:"encrypted"`
	Media       string         `json:"media"`
	Items       int            `json:"items"`
	Annotations map[string]int `json:"annotations"`
	Subsets     []subsetCount  `json:"subsets"`
	Categories  []category     `json:"categories"`
	everything  bool
}

type subsetCount struct {
	Name        string `json:"name"`
	Items       int    `json:"items"`
	Annotations int    `json:"annotations"`
}

type category struct {
	Name        string `json:"name"`
	Parent      string `json:"parent,omitempty"`
	Annotations int    `json:"annotations"`
}

// summarize reads the whole dataset, but none of its media.
func (a *app) summarize(ctx context.Context, ds *datum.Dataset) (*summary, error) {
	info := ds.Info()
	s := &summary{
		Path: ds.Path(), Format: ds.Format().Name, Media: info.MediaKind.String(),
		Annotations: map[string]int{}, Subsets: []subsetCount{}, Categories: []category{},
	}
	for i := range info.Categories.Len() {
		l := info.Categories.Labels.Labels[i]
		s.Categories = append(s.Categories, category{Name: l.Name, Parent: l.Parent})
	}
	for _, x := range info.Subsets {
		s.Subsets = append(s.Subsets, subsetCount{Name: x.Name})
	}
	meter := a.Meter("reading", info.Total())
	defer meter.Done()
	for it, err := range ds.Items(ctx) {
		if err != nil {
			return nil, err
		}
		s.add(it)
		meter.Set(s.Items)
	}
	return s, nil
}

func (s *summary) add(it dataset.Item) {
	i := slices.IndexFunc(s.Subsets, func(x subsetCount) bool { return x.Name == it.Subset })
	if i < 0 {
		i = len(s.Subsets)
		s.Subsets = append(s.Subsets, subsetCount{Name: it.Subset})
	}
	s.Items++
	s.Subsets[i].Items++
	s.Subsets[i].Annotations += len(it.Annotations)
	for _, an := range it.Annotations {
		s.Annotations[string(an.Kind())]++
		if l := dataset.LabelOf(an); l != nil && *l >= 0 && int(*l) < len(s.Categories) {
			s.Categories[*l].Annotations++
		}
	}
}

func (*summary) Kind() string { return "dataset" }

func (s *summary) Text(w io.Writer) {
	how := "plain"
	if s.Encrypted {
		how = "encrypted"
	}
	fmt.Fprintf(w, "path         %s\nformat       %s, %s\nmedia        %s\nitems        %7d\n", s.Path, s.Format, how, s.Media, s.Items)
	for _, x := range s.Subsets {
		fmt.Fprintf(w, "subset       %7d items %7d annotations  %s\n", x.Items, x.Annotations, x.Name)
	}
	for _, k := range slices.Sorted(maps.Keys(s.Annotations)) {
		fmt.Fprintf(w, "annotations  %7d  %s\n", s.Annotations[k], k)
	}
	const first = 20
	for i, x := range s.Categories {
		if i == first && !s.everything {
			fmt.Fprintf(w, "categories   and %d more (--all shows them)\n", len(s.Categories)-first)
			break
		}
		fmt.Fprintf(w, "category     %7d annotations  %d %s\n", x.Annotations, i, x.Name)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

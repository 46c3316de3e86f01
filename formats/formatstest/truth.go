package formatstest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"

	"datum/dataset"
)

// LoadTruth reads a truth.json or truth.json.gz of the fixtures: a dump of the
// objects that Datumaro had in memory when it wrote the files beside it. Media
// have their kind, the name of their source file where the dump gives it, and
// neither size nor bytes. Numbers that JSON does not know are strings there
// ("NaN", "Infinity"); in coordinates they become numbers, in attributes they
// stay strings. Subsets and items are in the order in which Datumaro held them.
func LoadTruth(path string) (*dataset.Info, []dataset.Item, error) {
	text, err := readTruth(path)
	if err != nil {
		return nil, nil, err
	}
	info, items, err := parseTruth(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return info, items, nil
}

func readTruth(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		return b, err
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

type truthFile struct {
	Infos      json.RawMessage   `json:"infos"`
	Categories truthCategories   `json:"categories"`
	MediaType  dataset.MediaKind `json:"media_type"`
	Subsets    json.RawMessage   `json:"subsets"`
}

type truthCategories struct {
	Label *struct {
		Attributes []string `json:"attributes"`
		Labels     []struct {
			Name       string   `json:"name"`
			Parent     string   `json:"parent"`
			Attributes []string `json:"attributes"`
		} `json:"labels"`
		Groups []struct {
			Name   string   `json:"name"`
			Type   string   `json:"group_type"`
			Labels []string `json:"labels"`
		} `json:"label_groups"`
	} `json:"label"`
	Mask *struct {
		Colormap [][4]int32 `json:"colormap"`
	} `json:"mask"`
	Points *struct {
		Items []struct {
			Label     int32        `json:"label_id"`
			Labels    []string     `json:"labels"`
			Joints    [][2]int32   `json:"joints"`
			Positions []truthFloat `json:"positions"`
		} `json:"items"`
	} `json:"points"`
}

// truthFloat is a number, or the name of one that JSON does not know.
type truthFloat float64

func (f *truthFloat) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"NaN"`:
		*f = truthFloat(math.NaN())
	case `"Infinity"`:
		*f = truthFloat(math.Inf(1))
	case `"-Infinity"`:
		*f = truthFloat(math.Inf(-1))
	default:
		return json.Unmarshal(b, (*float64)(f))
	}
	return nil
}

func floats(list []truthFloat) []float64 {
	out := make([]float64, len(list))
	for i, v := range list {
		out[i] = float64(v)
	}
	return out
}

func parseTruth(text []byte) (*dataset.Info, []dataset.Item, error) {
	var f truthFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, nil, err
	}
	info := &dataset.Info{MediaKind: f.MediaType, Categories: f.Categories.categories()}
	var err error
	if info.Attributes, err = dataset.ParseAttributes(f.Infos); err != nil {
		return nil, nil, err
	}
	subsets, err := dataset.ParseAttributes(f.Subsets) // an object in order
	if err != nil {
		return nil, nil, err
	}
	var items []dataset.Item
	for _, s := range subsets {
		var list []truthItem
		if err := json.Unmarshal(s.Value, &list); err != nil {
			return nil, nil, err
		}
		for _, x := range list {
			it, err := x.item()
			if err != nil {
				return nil, nil, fmt.Errorf("item %q: %w", x.ID, err)
			}
			items = append(items, it)
		}
		info.Subsets = append(info.Subsets, dataset.Subset{Name: s.Name, Items: len(list)})
	}
	return info, items, nil
}

func (t *truthCategories) categories() (c dataset.Categories) {
	if l := t.Label; l != nil {
		c.Labels = &dataset.LabelCategories{Attributes: l.Attributes}
		for _, x := range l.Labels {
			c.Labels.Labels = append(c.Labels.Labels, dataset.LabelCategory{Name: x.Name, Parent: x.Parent, Attributes: x.Attributes})
		}
		for _, g := range l.Groups {
			c.Labels.Groups = append(c.Labels.Groups, dataset.LabelGroup{Name: g.Name, Type: g.Type, Labels: g.Labels})
		}
	}
	if t.Mask != nil {
		c.Masks = &dataset.MaskCategories{}
		for _, x := range t.Mask.Colormap {
			c.Masks.Colors = append(c.Masks.Colors, dataset.LabelColor{Label: x[0], R: x[1], G: x[2], B: x[3]})
		}
	}
	if t.Points != nil {
		c.Points = &dataset.PointsCategories{}
		for _, x := range t.Points.Items {
			c.Points.Items = append(c.Points.Items, dataset.PointsCategory{Label: x.Label, Names: x.Labels, Joints: x.Joints, Positions: floats(x.Positions)})
		}
	}
	return c
}

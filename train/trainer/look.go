package trainer

import (
	"context"
	"fmt"

	"datum/dataset"
	"datum/formats"
	"datum/train/augment"
	"datum/train/loader"
)

// Survey is what was found in data before anything is trained.
type Survey struct {
	// Pictures can be learnt from, Empty of them have no object; Unusable cannot be.
	// Objects are those that can be learnt: neither crowds nor flat.
	Pictures int `json:"pictures"`
	Empty    int `json:"without_objects"`
	Unusable int `json:"unusable"`
	Objects  int `json:"objects"`
	// Labels has the number of objects of each label of the task.
	Labels []int `json:"-"`
	// Crowds are boxes that are neither learnt nor count as nothing.
	Crowds int `json:"crowds"`
	// Outside are boxes that reach out of their picture by more than a pixel, Flat
	// those without width or height. They are known only of pictures whose size the
	// dataset tells.
	Outside int `json:"boxes_outside"`
	Flat    int `json:"boxes_without_area"`
	// FirstOutside and FirstFlat name an example.
	FirstOutside string `json:"first_outside,omitempty"`
	FirstFlat    string `json:"first_without_area,omitempty"`
}

// Look goes through the annotations of data once, without reading a picture. Objects is
// that of its task, labels is how many the task has.
func Look(ctx context.Context, objects func(*dataset.Item) (boxes []augment.Box, usable bool, err error), d Data, labels int) (*Survey, error) {
	s := &Survey{Labels: make([]int, labels)}
	for it, err := range loader.Items(ctx, d.Dataset, loader.Options{Subset: d.Subset}) {
		if err != nil {
			return nil, err
		}
		boxes, usable, err := objects(&it)
		if err != nil {
			return nil, err
		}
		if !usable || it.Media == nil {
			s.Unusable++
			continue
		}
		s.Pictures++
		before := s.Objects
		for _, b := range boxes {
			if b.Label < 0 || b.Label >= labels {
				return nil, &formats.Error{Item: it.ID, Err: formats.Reason(formats.ErrCorrupt, "an object of label %d, and there are %d labels", b.Label, labels)}
			}
			s.count(&it, &b)
		}
		if s.Objects == before {
			s.Empty++
		}
	}
	return s, ctx.Err()
}

// count counts a box, and what is strange about it.
func (s *Survey) count(it *dataset.Item, b *augment.Box) {
	name := func() string { return fmt.Sprintf("%s/%s", it.Subset, it.ID) }
	if b.Ignore {
		s.Crowds++
		return
	}
	if !(b.X2 > b.X1 && b.Y2 > b.Y1) {
		if s.Flat++; s.Flat == 1 {
			s.FirstFlat = name()
		}
		return
	}
	s.Objects++
	s.Labels[b.Label]++
	img, ok := it.Media.(*dataset.Image)
	if !ok || img.Width == 0 || img.Height == 0 {
		return
	}
	const tolerated = 1
	if b.X1 < -tolerated || b.Y1 < -tolerated || b.X2 > float64(img.Width)+tolerated || b.Y2 > float64(img.Height)+tolerated {
		if s.Outside++; s.Outside == 1 {
			s.FirstOutside = name()
		}
	}
}

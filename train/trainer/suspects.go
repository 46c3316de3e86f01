package trainer

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"
	"sync"

	"datum/dataset"
	"datum/train/augment"
)

// A Suspect is an annotation, with how hard it was to learn.
type Suspect struct {
	Subset     string  `json:"subset"`
	ID         string  `json:"id"`
	Annotation int     `json:"annotation"` // its place in the item; -1 is the item's label
	Label      int     `json:"-"`
	LabelName  string  `json:"label"`
	Loss       float64 `json:"loss"` // the mean of the epochs that count
	Seen       int     `json:"seen"` // how often
}

// suspects keeps the losses of objects. An annotation that is wrong is hard to
// learn: while most of the others are learnt, its loss stays high. What is learnt in
// the first epochs says nothing yet, so that later ones weigh more: each is worth half as much as the next.
type suspects struct {
	mu      sync.Mutex
	objects map[object]*history
	names   map[uint64]named
}

// object is an annotation of an item, whose name stands as a hash: that of the box.
type object struct {
	item       uint64
	annotation int32
}

type named struct{ subset, id string }

type history struct {
	label int32
	seen  int32
	loss  float64
}

func newSuspects() *suspects {
	return &suspects{objects: map[object]*history{}, names: map[uint64]named{}}
}

// name gives the boxes of an item the item's number.
func (s *suspects) name(it *dataset.Item, boxes []augment.Box) {
	n := numberOf(it.Subset, it.ID)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.names[n]; !known {
		s.names[n] = named{it.Subset, it.ID}
	}
	for i := range boxes {
		boxes[i].Item = int(n)
	}
}

func numberOf(subset, id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(subset + "\x00" + id)) // never fails
	return h.Sum64()
}

// remembered is the share of what was before in the mean of an object's losses.
const remembered = 0.5

// add takes the loss of an object. Of boxes that are cut off, or that another
// picture shines through, it says nothing.
func (s *suspects) add(b augment.Box, loss float32) {
	if b.Ignore || b.Weight < 1 || loss != loss || math.IsInf(float64(loss), 0) {
		return
	}
	o := object{uint64(b.Item), int32(b.Annotation)}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.objects[o]
	if h == nil {
		h = &history{label: int32(b.Label), loss: float64(loss)}
		s.objects[o] = h
	}
	h.seen++
	h.loss = remembered*h.loss + (1-remembered)*float64(loss)
}

// ranked returns the objects, those of the greatest loss first.
func (s *suspects) ranked() []Suspect {
	list := make([]Suspect, 0, len(s.objects))
	for o, h := range s.objects {
		n := s.names[o.item]
		list = append(list, Suspect{Subset: n.subset, ID: n.id, Annotation: int(o.annotation), Label: int(h.label), Loss: h.loss, Seen: int(h.seen)})
	}
	slices.SortFunc(list, func(a, b Suspect) int {
		return cmp.Or(cmp.Compare(b.Loss, a.Loss), cmp.Compare(a.Subset, b.Subset), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Annotation, b.Annotation))
	})
	return list
}

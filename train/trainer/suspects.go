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

// A Suspect is an annotation, with how much the network contradicts it.
type Suspect struct {
	Subset     string `json:"subset"`
	ID         string `json:"id"`
	Annotation int    `json:"annotation"` // its place in the item; -1 is the item's label
	Label      int    `json:"-"`
	LabelName  string `json:"label"`
	// Instead is the label that it was mostly taken for while it was not taken for its own,
	// -1 if there is none.
	Instead     int    `json:"-"`
	InsteadName string `json:"instead,omitempty"`
	// Doubt is from 0 to 1: how likely another label, or another box, is right.
	Doubt float64 `json:"doubt"`
	Loss  float64 `json:"loss"` // the mean, later epochs weighing more
	Apart float64 `json:"apart,omitempty"`
	Seen  int     `json:"seen"` // how often
}

// suspects keeps how well objects fit. An annotation that is wrong is hard to learn:
// while most of the others are learnt, it stays in contradiction to what is said of it.
// In the first epochs nothing is known yet, and in the last ones what is wrong may have
// been learnt by heart: so the mean is over all of them, and each weighs as much as its
// number.
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

// history is what was seen of an object. What is no count is a sum, by weight.
type history struct {
	Label int32 `json:"l"`
	Seen  int32 `json:"n"`
	// Instead has the most votes of all other labels, as long as they agree.
	Instead int32   `json:"i"`
	Votes   float64 `json:"v"`
	Weight  float64 `json:"w"`
	Loss    float64 `json:"s"`
	Margin  float64 `json:"m"`
	Apart   float64 `json:"a"`
	Size    float64 `json:"z"` // the logarithm of its area
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

// add takes what was seen of an object in an epoch, counted from 0. Of boxes that are cut
// off, or that another picture shines through, it says nothing.
func (s *suspects) add(epoch int, b augment.Box, f Fit) {
	if b.Ignore || b.Weight < 1 || !f.sound() {
		return
	}
	o := object{uint64(b.Item), int32(b.Annotation)}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.objects[o]
	if h == nil {
		h = &history{Label: int32(b.Label), Instead: -1}
		s.objects[o] = h
	}
	w := float64(epoch + 1)
	h.Seen++
	h.Weight += w
	h.Loss += w * float64(f.Loss)
	h.Margin += w * f.margin()
	h.Apart += w * float64(f.Apart)
	h.Size += w * math.Log2(max(1, (b.X2-b.X1)*(b.Y2-b.Y1)))
	if f.margin() < 0 {
		h.vote(int32(f.Instead), w)
	}
}

// vote counts what an object was taken for: who has more than half of all votes is
// what stays.
func (h *history) vote(label int32, weight float64) {
	switch {
	case label == h.Instead:
		h.Votes += weight
	case weight > h.Votes:
		h.Instead, h.Votes = label, weight-h.Votes
	default:
		h.Votes -= weight
	}
}

// ranked returns the objects, the most doubtful first.
func (s *suspects) ranked() []Suspect {
	list := make([]Suspect, 0, len(s.objects))
	usual := s.usual()
	for o, h := range s.objects {
		n := s.names[o.item]
		list = append(list, Suspect{Subset: n.subset, ID: n.id, Annotation: int(o.annotation), Label: int(h.Label), Instead: int(h.Instead),
			Doubt: usual.doubt(h), Loss: h.Loss / h.Weight, Apart: h.Apart / h.Weight, Seen: int(h.Seen)})
	}
	slices.SortFunc(list, func(a, b Suspect) int {
		return cmp.Or(cmp.Compare(b.Doubt, a.Doubt), cmp.Compare(a.Subset, b.Subset), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Annotation, b.Annotation))
	})
	return list
}

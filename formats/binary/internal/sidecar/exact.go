package sidecar

import (
	"fmt"
	"math"
	"slices"

	"datum/dataset"
	"datum/formats/binary/internal/record"
)

// Exact returns what the sidecar must say of a, the annotation at index, so
// that it comes back unchanged; nil where its record says everything. held
// tells whether the blob has a record of it.
func Exact(index int, a dataset.Annotation, held bool) *Annotation {
	if !held {
		return &Annotation{Index: uint32(index), Carried: carriedJSON(a.Common().Attributes), Whole: whole(a)}
	}
	x := &Annotation{Index: uint32(index), Carried: carriedJSON(a.Common().Attributes)}
	if want := record.Coordinates(a); want != nil {
		stored := record.Stored(a)
		switch {
		case same(want, record.ToDecimal(a, slices.Clone(stored))):
		case same(want, stored):
			x.Coordinates = Annotation_STORED
		default:
			x.Coordinates, x.Values = Annotation_LISTED, slices.Clone(want)
		}
	}
	if x.Carried == nil && x.Coordinates == Annotation_DECIMAL {
		return nil
	}
	return x
}

// Lossless reports whether the record of a, which the blob must hold, gives
// back its coordinates without a sidecar.
func Lossless(a dataset.Annotation) bool {
	return same(record.Coordinates(a), record.Stored(a))
}

func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool {
		return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
	})
}

func carriedJSON(a dataset.Attributes) []byte {
	if _, carried := a.Split(); len(carried) > 0 {
		return carried.AppendJSON(nil)
	}
	return nil
}

// Apply turns the annotations of a record into those that were written, with
// what the sidecar says of them.
func Apply(recorded []dataset.Annotation, said []*Annotation) ([]dataset.Annotation, error) {
	total := len(recorded)
	for _, x := range said {
		if x.Whole != nil {
			total++
		}
	}
	var out []dataset.Annotation
	if total > 0 {
		out = make([]dataset.Annotation, 0, total)
	}
	for len(out) < total {
		var x *Annotation
		if len(said) > 0 && int(said[0].Index) == len(out) {
			x, said = said[0], said[1:]
		}
		a, err := next(&recorded, x)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	if len(said) > 0 {
		return nil, fmt.Errorf("%w: it speaks of annotation %d of %d", ErrSealed, said[0].Index, total)
	}
	return out, nil
}

func next(recorded *[]dataset.Annotation, x *Annotation) (dataset.Annotation, error) {
	var a dataset.Annotation
	var err error
	switch {
	case x != nil && x.Whole != nil:
		if a, err = x.Whole.annotation(); err != nil {
			return nil, err
		}
	case len(*recorded) == 0:
		return nil, fmt.Errorf("%w: it speaks of more annotations than there are", ErrSealed)
	default:
		a, *recorded = (*recorded)[0], (*recorded)[1:]
		if err := setExact(a, x); err != nil {
			return nil, err
		}
	}
	if x != nil && len(x.Carried) > 0 {
		carried, err := dataset.ParseAttributes(x.Carried)
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrSealed, err)
		}
		base := a.Common()
		base.Attributes = append(base.Attributes, carried...)
	}
	return a, nil
}

func setExact(a dataset.Annotation, x *Annotation) error {
	switch {
	case x == nil || x.Coordinates == Annotation_DECIMAL:
		if v := record.Coordinates(a); len(v) > 0 {
			return record.SetCoordinates(a, record.ToDecimal(a, v))
		}
	case x.Coordinates == Annotation_LISTED:
		if err := record.SetCoordinates(a, x.Values); err != nil {
			return fmt.Errorf("%w: %v", ErrSealed, err)
		}
	}
	return nil
}

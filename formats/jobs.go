package formats

import (
	"context"
	"iter"
	"maps"
	"slices"

	"datum/internal/workers"
)

// Job is an item to be read: an entry of a part of the dataset, such as a
// subset.
type Job[Part, Entry any] struct {
	Part  Part
	Entry Entry
}

// Jobs lists the entries of all parts, part after part.
func Jobs[Part, Entry any](parts []Part, entries func(Part) []Entry) iter.Seq2[Job[Part, Entry], error] {
	return func(yield func(Job[Part, Entry], error) bool) {
		for _, p := range parts {
			for _, e := range entries(p) {
				if !yield(Job[Part, Entry]{p, e}, nil) {
					return
				}
			}
		}
	}
}

// NewNames returns the names that jobs speak of and known does not know, each
// once, in alphabetical order. It is for the labels of a format that declares
// none: names runs on several goroutines and returns those of one job.
func NewNames[Job any](ctx context.Context, o *ImportOptions, jobs iter.Seq2[Job, error], names func(Job) ([]string, error), known func(string) bool) ([]string, error) {
	found := map[string]bool{}
	try := func(j Job) ([]string, error) {
		list, err := names(j)
		return list, o.Bad(err)
	}
	for list, err := range workers.Map(ctx, workers.Count(o.Workers), jobs, try) {
		if err != nil {
			return nil, err
		}
		for _, name := range list {
			if !known(name) {
				found[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

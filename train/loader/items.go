package loader

import (
	"context"
	"math/rand/v2"
	"strings"

	"datum/dataset"
)

// Dataset is what is loaded; *datum.Dataset is one.
type Dataset interface {
	Info() *dataset.Info
	Items(ctx context.Context) dataset.Items
}

// Items streams the items that the options choose, in the order that they say,
// without reading their media.
func Items(ctx context.Context, ds Dataset, o Options) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		if err := o.Check(ds.Info()); err != nil {
			yield(dataset.Item{}, err)
			return
		}
		items := ds.Items(ctx)
		if o.Subset != "" {
			items = only(items, o.Subset)
		}
		if o.Shards > 1 {
			items = every(items, o.Shard, o.Shards)
		}
		if o.Shuffle {
			items = shuffled(items, o)
		}
		items(yield)
	}
}

func only(in dataset.Items, subset string) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		for it, err := range in {
			if err != nil || it.Subset == subset {
				if !yield(it, err) {
					return
				}
			}
		}
	}
}

// every yields every n-th item, from number first on.
func every(in dataset.Items, first, n int) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		i := 0
		for it, err := range in {
			if err != nil || i%n == first {
				if !yield(it, err) {
					return
				}
			}
			i++
		}
	}
}

// shuffled yields the items in an order that the seed chooses.
func shuffled(in dataset.Items, o Options) dataset.Items {
	room := o.ShuffleBytes
	if room <= 0 {
		room = defaultShuffleBytes
	}
	return func(yield func(dataset.Item, error) bool) {
		b := buffer{random: rand.New(rand.NewPCG(o.Seed, seedOfItems))}
		for it, err := range in {
			if err != nil {
				yield(dataset.Item{}, err)
				return
			}
			b.add(it)
			for b.bytes > room {
				if !yield(b.take(), nil) {
					return
				}
			}
		}
		for len(b.items) > 0 {
			if !yield(b.take(), nil) {
				return
			}
		}
	}
}

// The same seed is used for several things, each of which has a number of its
// own beside it.
const seedOfItems = 1

// buffer holds items that wait to be chosen.
type buffer struct {
	random *rand.Rand
	items  []dataset.Item
	bytes  int64
}

// add takes an item. It is copied, since what was read together lies in one
// piece of memory, all of which an item would keep.
func (b *buffer) add(it dataset.Item) {
	own := make([]dataset.Annotation, len(it.Annotations))
	for i, a := range it.Annotations {
		own[i] = a.Clone()
	}
	it.Annotations, it.Attributes, it.ID = own, it.Attributes.Clone(), strings.Clone(it.ID)
	b.items = append(b.items, it)
	b.bytes += sizeOf(&it)
}

func (b *buffer) take() dataset.Item {
	i, last := b.random.IntN(len(b.items)), len(b.items)-1
	it := b.items[i]
	b.items[i] = b.items[last]
	b.items[last] = dataset.Item{}
	b.items = b.items[:last]
	b.bytes -= sizeOf(&it)
	return it
}

// sizeOf estimates the memory that an item has.
func sizeOf(it *dataset.Item) int64 {
	const item, media, annotation = 128, 256, 112
	n := item + media + 2*len(it.ID) + attributesSize(it.Attributes)
	for _, a := range it.Annotations {
		n += annotation + attributesSize(a.Common().Attributes)
		switch a := a.(type) {
		case *dataset.Polygon:
			n += 8 * len(a.Points)
		case *dataset.PolyLine:
			n += 8 * len(a.Points)
		case *dataset.Points:
			n += 8*len(a.Points) + 4*len(a.Visibility)
		case *dataset.Mask:
			n += len(a.RLE.Counts)
		case *dataset.Caption:
			n += len(a.Caption)
		case *dataset.Tabular:
			n += attributesSize(a.Values)
		}
	}
	return int64(n)
}

func attributesSize(list dataset.Attributes) int {
	n := 0
	for _, a := range list {
		n += 48 + len(a.Name) + len(a.Value)
	}
	return n
}

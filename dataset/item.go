package dataset

import "iter"

// DefaultSubset is the subset of items whose source names none.
const DefaultSubset = "default"

// Item is one sample: a media, what is said about it, and where it belongs.
type Item struct {
	// ID is the media path without extension, slash-separated. Two items of
	// one subset may share it where their media differ in extension (a.jpg,
	// a.png); together with the extension it is unique.
	ID     string
	Subset string
	// Media is nil where the item has none.
	Media       Media
	Annotations []Annotation
	// Attributes are the user's and the carried attributes.
	Attributes Attributes
}

// Info is what is known of a dataset before its items are read.
type Info struct {
	MediaKind  MediaKind
	Categories Categories
	// Attributes are Datumaro's "infos" and carried attributes.
	Attributes Attributes
	// Subsets in the order in which their items come.
	Subsets []Subset
}

// Subset is a named part of a dataset, such as train.
type Subset struct {
	Name string
	// Items is the number of items, -1 when it is not known yet.
	Items int
	// Attributes carry what the source says of the subset as a whole.
	Attributes Attributes
}

// Subset returns the subset called name, nil where there is none.
func (i *Info) Subset(name string) *Subset {
	for k := range i.Subsets {
		if i.Subsets[k].Name == name {
			return &i.Subsets[k]
		}
	}
	return nil
}

// Total returns the number of items of all subsets, -1 when not known.
func (i *Info) Total() int {
	total := 0
	for _, s := range i.Subsets {
		if s.Items < 0 {
			return -1
		}
		total += s.Items
	}
	return total
}

// Items is a stream of items in a fixed order. After an error it ends. An item
// belongs to whoever received it.
type Items = iter.Seq2[Item, error]

package events

import (
	"cmp"
	"slices"
	"strings"

	"datum/formats"
)

// numbering numbers names in the order in which they come, from 0.
type numbering struct {
	numbers map[string]uint32
	names   []string
	counts  []uint64
	// stored is what a name is stored as; nil stores it as it is.
	stored func(name string) string
}

func newNumbering() *numbering { return &numbering{numbers: map[string]uint32{}} }

// CheckName refuses what cannot be a name of what is called so, as [Builder.Add] does.
// The error matches ErrCorrupt.
func CheckName(what string, name []byte) error {
	switch {
	case len(name) == 0:
		return formats.Reason(formats.ErrCorrupt, "the name of the %s is empty", what)
	case len(name) > LongestName:
		return formats.Reason(formats.ErrCorrupt, "the name of the %s has %d bytes, more than %d", what, len(name), LongestName)
	}
	return nil
}

// number returns the number of a name that CheckName has let pass.
func (v *numbering) number(name []byte) (uint32, error) {
	if n, ok := v.numbers[string(name)]; ok {
		return n, nil
	}
	if len(v.names) >= most {
		return 0, formats.Reason(formats.ErrUsage, "more than %d names", most)
	}
	n, s := uint32(len(v.names)), string(name)
	v.numbers[s] = n
	if v.stored != nil {
		s = v.stored(s)
	}
	v.names = append(v.names, s)
	v.counts = append(v.counts, 0)
	return n, nil
}

// rank puts the names in their final order, by falling count, and returns the
// final number, from 1, of each that there was before.
func (v *numbering) rank() []uint32 {
	v.numbers = nil
	order := make([]uint32, len(v.names))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		if c := cmp.Compare(v.counts[b], v.counts[a]); c != 0 {
			return c
		}
		return strings.Compare(v.names[a], v.names[b])
	})
	final := make([]uint32, len(order))
	names, counts := make([]string, len(order)), make([]uint64, len(order))
	for i, old := range order {
		final[old] = uint32(i + 1)
		names[i], counts[i] = v.names[old], v.counts[old]
	}
	v.names, v.counts = names, counts
	return final
}

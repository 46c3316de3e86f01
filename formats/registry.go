package formats

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Registry holds formats by name. The zero value is empty.
type Registry struct {
	formats []*Format
	names   map[string]*Format
}

// NewRegistry returns a registry of formats. It fails where two share a name.
func NewRegistry(list ...*Format) (*Registry, error) {
	r := &Registry{names: map[string]*Format{}}
	for _, f := range list {
		for _, n := range append([]string{f.Name}, f.Aliases...) {
			if _, dup := r.names[n]; dup {
				return nil, fmt.Errorf("format name %q is taken twice", n)
			}
			r.names[n] = f.implying(f.Implied[n])
		}
		r.formats = append(r.formats, f)
	}
	slices.SortFunc(r.formats, func(a, b *Format) int { return cmp.Compare(a.Name, b.Name) })
	return r, nil
}

// implying returns the format as an alias means it that stands for options.
func (f *Format) implying(implied Values) *Format {
	if len(implied) == 0 || f.Export == nil {
		return f
	}
	alias := *f
	alias.Export = func(ctx context.Context, path string, o ExportOptions) (Exporter, error) {
		values := maps.Clone(implied)
		maps.Copy(values, o.Values)
		o.Values = values
		return f.Export(ctx, path, o)
	}
	return &alias
}

// All returns the formats by name, in alphabetical order.
func (r *Registry) All() []*Format { return r.formats }

// Lookup returns the format called name, by its name or an alias, or an error
// that matches [ErrUnknownFormat] and lists the names there are.
func (r *Registry) Lookup(name string) (*Format, error) {
	if f := r.names[name]; f != nil {
		return f, nil
	}
	var have []string
	for _, f := range r.formats {
		have = append(have, f.Name)
	}
	return nil, WithHint(Reason(ErrUnknownFormat, "no format is called %q", name),
		"the formats are %s", strings.Join(have, ", "))
}

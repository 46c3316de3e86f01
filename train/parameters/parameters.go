// Package parameters describes what the training of a network finds: its weights, and
// the statistics that it gathers on the way. A network says which parameters it has,
// as a [Set], and reads them as [Tensors] while its graph is built; where they come
// from (one vector that is being trained, constants of a model that is exported) is
// not its concern.
package parameters

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"datum/graph"
)

// A Parameter is a tensor of float32 that a network has.
type Parameter struct {
	Name  string
	Shape graph.Shape
	Init  Initializer // its first values; zeros where it is nil
	// Decay says that weight decay applies: to the weights of layers, and usually
	// neither to biases nor to what scales and shifts a normalisation.
	Decay bool
	// Frozen parameters stay what they are.
	Frozen bool
	// Statistic says that it has no gradient: the network itself says what it becomes
	// in each step, such as the running mean of a batch normalisation.
	Statistic bool
}

// Size is the number of elements.
func (p *Parameter) Size() int {
	n, _ := p.Shape.Elements()
	return int(n)
}

// Trainable reports whether the parameter follows its gradient.
func (p *Parameter) Trainable() bool { return !p.Frozen && !p.Statistic }

// A Set is the parameters of a network, in an order that never changes.
type Set struct {
	list []Parameter
	at   map[string]int
}

// ErrSet says that parameters cannot be what a network has.
var ErrSet = errors.New("not a valid set of parameters")

// Limits of a set: far beyond what can be trained, and small enough to count with.
const (
	maxName = 1 << 10
	maxSize = 1 << 31
	maxRank = 16
)

// NewSet checks parameters and makes a set of them.
func NewSet(list ...Parameter) (*Set, error) {
	s := &Set{at: make(map[string]int, len(list))}
	total := int64(0)
	for i, p := range list {
		if p.Name == "" || len(p.Name) > maxName || !utf8.ValidString(p.Name) {
			return nil, fmt.Errorf("%w: the name of parameter %d is empty, too long or no text", ErrSet, i)
		}
		if _, twice := s.at[p.Name]; twice {
			return nil, fmt.Errorf("%w: there are two parameters %q", ErrSet, p.Name)
		}
		n, ok := p.Shape.Elements()
		if !ok || !p.Shape.Ranked() || len(p.Shape) > maxRank || n < 1 || n > maxSize || total+n > maxSize {
			return nil, fmt.Errorf("%w: parameter %q has the shape [%s]", ErrSet, p.Name, p.Shape)
		}
		total += n
		s.at[p.Name] = i
		p.Shape = p.Shape.Clone()
		s.list = append(s.list, p)
	}
	return s, nil
}

// All returns the parameters in their order. The list is the set's own.
func (s *Set) All() []Parameter { return s.list }

// Lookup returns the parameter of a name.
func (s *Set) Lookup(name string) (Parameter, bool) {
	i, ok := s.at[name]
	if !ok {
		return Parameter{}, false
	}
	return s.list[i], true
}

// Freeze returns the set with those parameters frozen for which which is true.
// Statistics among them do not change any more, either.
func (s *Set) Freeze(which func(Parameter) bool) *Set {
	list := make([]Parameter, len(s.list))
	for i, p := range s.list {
		p.Frozen = p.Frozen || which(p)
		list[i] = p
	}
	return &Set{list, s.at}
}

// Hash is different for sets of other names, shapes or kinds of parameters, and tells
// whether values belong to a network. First values do not matter.
func (s *Set) Hash() [sha256.Size]byte {
	var b []byte
	for _, p := range s.list {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p.Name)))
		b = append(b, p.Name...)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p.Shape)))
		for _, d := range p.Shape {
			b = binary.LittleEndian.AppendUint64(b, uint64(d))
		}
		flags := byte(0)
		for i, on := range []bool{p.Decay, p.Frozen, p.Statistic} {
			if on {
				flags |= 1 << i
			}
		}
		b = append(b, flags)
	}
	return sha256.Sum256(b)
}

// Values are the numbers of parameters, by their names.
type Values map[string][]float32

// Initial returns the first values. They follow from the seed, the name and the shape
// of each parameter alone, so that another layer changes nothing in the others.
func (s *Set) Initial(seed uint64) Values {
	v := make(Values, len(s.list))
	for i := range s.list {
		p := &s.list[i]
		values := make([]float32, p.Size())
		if p.Init != nil {
			p.Init(values, randomFor(seed, p.Name))
		}
		v[p.Name] = values
	}
	return v
}

// Check looks whether the values are those of the set: all of them, of the right
// number, and finite.
func (s *Set) Check(v Values) error {
	for i := range s.list {
		p := &s.list[i]
		values, ok := v[p.Name]
		if !ok {
			return fmt.Errorf("%w: there are no values of %q", ErrSet, p.Name)
		}
		if len(values) != p.Size() {
			return fmt.Errorf("%w: %q has %d values and not %d", ErrSet, p.Name, len(values), p.Size())
		}
		for _, f := range values {
			if d := float64(f); math.IsNaN(d) || math.IsInf(d, 0) {
				return fmt.Errorf("%w: %q has the value %v", ErrSet, p.Name, f)
			}
		}
	}
	return nil
}

// Adopt puts the values of an earlier training, of the set from, in the place of values
// for each parameter that has the same name and shape there. It returns the names of
// those for which there was nothing.
func (s *Set) Adopt(values Values, from *Set, earlier Values) (left []string) {
	for i := range s.list {
		p := &s.list[i]
		if q, ok := from.Lookup(p.Name); ok && q.Shape.Equal(p.Shape) && len(earlier[p.Name]) == p.Size() {
			values[p.Name] = earlier[p.Name]
			continue
		}
		left = append(left, p.Name)
	}
	return left
}

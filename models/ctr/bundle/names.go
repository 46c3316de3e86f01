package bundle

import "fmt"

// LongestName is how many bytes a name may have.
const LongestName = 4096

// Names are what numbers stand for, from 1 on. 0 is what is not known.
type Names struct {
	list    []string
	numbers map[string]uint32
}

// NewNames takes the names of the numbers from 0 on; that of 0 is empty. The list is
// the names' own from then on.
func NewNames(list []string) (*Names, error) {
	if len(list) < 1 || len(list) > mostNumbers || list[0] != "" {
		return nil, fmt.Errorf("%w: there are %d names, and the first is none", ErrModel, len(list))
	}
	n := &Names{list, make(map[string]uint32, len(list)-1)}
	for i, name := range list[1:] {
		if name == "" || len(name) > LongestName {
			return nil, fmt.Errorf("%w: the name of number %d has %d bytes", ErrModel, i+1, len(name))
		}
		if _, twice := n.numbers[name]; twice {
			return nil, fmt.Errorf("%w: number %d has the name of another", ErrModel, i+1)
		}
		n.numbers[name] = uint32(i + 1)
	}
	return n, nil
}

// Len is how many numbers there are, with 0.
func (n *Names) Len() int { return len(n.list) }

// Name is that of a number, empty where there is none.
func (n *Names) Name(number uint32) string {
	if int64(number) >= int64(len(n.list)) {
		return ""
	}
	return n.list[number]
}

// Number is that of a name, 0 where it is not known.
func (n *Names) Number(name string) uint32 { return n.numbers[name] }

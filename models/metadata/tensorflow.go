package metadata

import (
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// The fields of TensorFlow's GraphDef that say how outputs are called.
const (
	graphNode = 1
	nodeName  = 1
	nodeOp    = 2
	nodeInput = 3
)

// readGraph reads a frozen graph of TensorFlow. It says nothing of itself, but an
// output is often called by a node that only passes on what another makes, and the
// runtime knows it by the other's name.
func (m *Metadata) readGraph(model []byte) {
	passed := map[string]string{} // the input of what passes it on
	for len(model) > 0 {
		number, kind, n := protowire.ConsumeTag(model)
		if n < 0 {
			return
		}
		model = model[n:]
		if n = protowire.ConsumeFieldValue(number, kind, model); n < 0 {
			return
		}
		if number == graphNode && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(model)
			if name, input, ok := identity(value); ok {
				passed[name] = input
			}
		}
		model = model[n:]
	}
	m.OutputNames = sameOutputs(passed)
}

// identity reads a node that passes its only input on.
func identity(node []byte) (name, input string, ok bool) {
	op := ""
	for len(node) > 0 {
		number, kind, n := protowire.ConsumeTag(node)
		if n < 0 {
			return "", "", false
		}
		node = node[n:]
		if n = protowire.ConsumeFieldValue(number, kind, node); n < 0 {
			return "", "", false
		}
		if value, _ := protowire.ConsumeBytes(node); kind == protowire.BytesType {
			switch number {
			case nodeName:
				name = string(value)
			case nodeOp:
				op = string(value)
			case nodeInput:
				if input == "" {
					input = string(value)
				}
			}
		}
		node = node[n:]
	}
	return tensor(name), tensor(input), op == "Identity" && name != "" && input != "" && input[0] != '^'
}

// tensor is the name of a node's output: the first, where nothing else is said.
func tensor(name string) string {
	if strings.Contains(name, ":") {
		return name
	}
	return name + ":0"
}

// sameOutputs returns the names that each output has.
func sameOutputs(passed map[string]string) [][]string {
	groups := map[string][]string{}
	for name := range passed {
		const longest = 100
		root := name
		for range longest {
			input, ok := passed[root]
			if !ok {
				break
			}
			root = input
		}
		groups[root] = append(groups[root], name)
	}
	var list [][]string
	for _, root := range slices.Sorted(maps.Keys(groups)) {
		slices.Sort(groups[root])
		list = append(list, append([]string{root}, groups[root]...))
	}
	return list
}

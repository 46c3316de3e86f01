package metadata

import (
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of ONNX.
const (
	modelProperties = 14 // of a model
	propertyKey     = 1
	propertyValue   = 2
)

// readONNX reads the properties of an ONNX file. What lies between them, the
// graph, is stepped over.
func (m *Metadata) readONNX(model []byte) {
	for len(model) > 0 {
		number, kind, n := protowire.ConsumeTag(model)
		if n < 0 {
			return
		}
		model = model[n:]
		if n = protowire.ConsumeFieldValue(number, kind, model); n < 0 {
			return
		}
		if number == modelProperties && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(model)
			m.property(pair(value))
		}
		model = model[n:]
	}
}

// pair reads the key and the value of a property.
func pair(b []byte) (key, value string) {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return "", ""
		}
		b = b[n:]
		if n = protowire.ConsumeFieldValue(number, kind, b); n < 0 {
			return "", ""
		}
		if kind == protowire.BytesType {
			switch text, _ := protowire.ConsumeBytes(b); number {
			case propertyKey:
				key = string(text)
			case propertyValue:
				value = string(text)
			}
		}
		b = b[n:]
	}
	return key, value
}

// property takes one property of an ONNX file.
func (m *Metadata) property(key, value string) {
	switch key {
	case "names":
		m.Labels = literal(value)
	case "character": // Paddle's, a name on each line
		m.Labels = map[int]string{}
		for i, name := range strings.Split(strings.TrimRight(value, "\n"), "\n") {
			m.Labels[i] = name
		}
	case "task":
		m.Type = value
	case "imgsz":
		if size := floats(strings.Replace(value, "]", ",0]", 1)); len(size) == 3 {
			m.Height, m.Width = int(min(max(size[0], 0), 1<<20)), int(min(max(size[1], 0), 1<<20))
		}
	default:
		if name, ok := strings.CutPrefix(key, "model_info "); ok {
			m.set(name, value)
		}
	}
}

// literal reads a dictionary of numbers and names, or a list of names, as
// Python writes them.
func literal(text string) map[int]string {
	labels := map[int]string{}
	text = strings.TrimSpace(text)
	list := strings.HasPrefix(text, "[")
	text = strings.TrimLeft(text, "{[")
	for next := 0; ; next++ {
		text = strings.TrimLeft(text, " ,\t\n")
		number := next
		if !list {
			key, rest, ok := strings.Cut(text, ":")
			if !ok {
				return some(labels)
			}
			n, ok := index(strings.Trim(key, ` '"`))
			if !ok {
				return nil
			}
			number, text = n, strings.TrimLeft(rest, " ")
		}
		name, rest, ok := quoted(text)
		if !ok {
			return some(labels)
		}
		labels[number], text = name, rest
	}
}

func some(labels map[int]string) map[int]string {
	if len(labels) == 0 {
		return nil
	}
	return labels
}

// index reads the number of a class.
func index(text string) (int, bool) {
	n := number(text, -1)
	return n, n >= 0
}

// quoted reads a string of Python.
func quoted(text string) (value, rest string, ok bool) {
	if text == "" || text[0] != '\'' && text[0] != '"' {
		return "", "", false
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == text[0]:
			return b.String(), text[i+1:], true
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

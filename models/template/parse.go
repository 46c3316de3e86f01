package template

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"datum/formats"
	"datum/internal/suggest"
	"datum/models/network"
)

// parser reads YAML into the fields of a template.
type parser struct {
	file string
	keys map[string]*yaml.Node // what was said, by its path
}

// fault is an error at a place of the file.
func (p *parser) fault(n *yaml.Node, format string, args ...any) error {
	place := p.file
	if n != nil && n.Line > 0 {
		place += ":" + strconv.Itoa(n.Line)
	}
	return fmt.Errorf("%s: %w", place, formats.Reason(ErrTemplate, format, args...))
}

func (p *parser) document(text []byte, t *Template) error {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc, second yaml.Node
	if err := d.Decode(&doc); errors.Is(err, io.EOF) {
		return p.fault(nil, "it is empty")
	} else if err != nil {
		return p.fault(nil, "%s", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	if len(doc.Content) != 1 {
		return p.fault(nil, "it is empty")
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return p.fault(nil, "it has something behind its end")
	}
	p.keys = map[string]*yaml.Node{}
	if err := p.mapping(doc.Content[0], reflect.ValueOf(t).Elem(), ""); err != nil {
		return err
	}
	return p.check(t)
}

// mapping reads the keys and values of a struct; path is that of the struct, with a dot
// at its end unless it is the first.
func (p *parser) mapping(n *yaml.Node, to reflect.Value, path string) error {
	if n.Kind != yaml.MappingNode {
		return p.fault(n, "%s has no keys", cmp.Or(strings.TrimSuffix(path, "."), "the file"))
	}
	fields := map[string]reflect.StructField{}
	var names []string
	for _, f := range reflect.VisibleFields(to.Type()) {
		if key := f.Tag.Get("yaml"); key != "-" {
			fields[key], names = f, append(names, key)
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		f, known := fields[key.Value]
		if key.Kind != yaml.ScalarNode || !known {
			return p.unknown(key, path, names)
		}
		full := path + key.Value
		if before := p.keys[full]; before != nil {
			return p.fault(key, "%s is in line %d, too", full, before.Line)
		}
		p.keys[full] = value
		if err := p.value(value, to.FieldByIndex(f.Index), f.Tag, full); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) unknown(key *yaml.Node, path string, names []string) error {
	err := p.fault(key, "there is no key %.100q", path+key.Value)
	if best := suggest.Nearest(key.Value, names); best != "" {
		return formats.WithHint(err, "did you mean %s?", path+best)
	}
	return formats.WithHint(err, "there are %s", strings.Join(names, ", "))
}

// value reads one value, of a struct, a list or a scalar.
func (p *parser) value(n *yaml.Node, to reflect.Value, tag reflect.StructTag, path string) error {
	switch {
	case n.Kind == yaml.AliasNode:
		return p.fault(n, "%s is an alias, which templates do not have", path)
	case to.Kind() == reflect.Struct:
		return p.mapping(n, to, path+".")
	case to.Kind() == reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			return p.fault(n, "%s is no list", path)
		}
		list := reflect.MakeSlice(to.Type(), len(n.Content), len(n.Content))
		for i, e := range n.Content {
			if err := p.scalar(e, list.Index(i), tag, path); err != nil {
				return err
			}
		}
		to.Set(list)
		return nil
	}
	return p.scalar(n, to, tag, path)
}

// scalar reads a text, a number or a truth value, and checks whether it can be.
func (p *parser) scalar(n *yaml.Node, to reflect.Value, tag reflect.StructTag, path string) error {
	if n.Kind != yaml.ScalarNode {
		return p.fault(n, "%s is no single value", path)
	}
	switch to.Kind() {
	case reflect.String:
		if n.Tag != "!!str" {
			return p.fault(n, "%s is %.100q, which is no text", path, n.Value)
		}
		to.SetString(n.Value)
		return p.word(n, tag.Get("oneof"), path)
	case reflect.Bool:
		var v bool
		if n.Tag != "!!bool" || n.Decode(&v) != nil {
			return p.fault(n, "%s is %.100q, and neither true nor false", path, n.Value)
		}
		to.SetBool(v)
		return nil
	case reflect.Int:
		var v int64
		if n.Tag != "!!int" || n.Decode(&v) != nil {
			return p.fault(n, "%s is %.100q, which is no whole number", path, n.Value)
		}
		to.SetInt(v)
		return p.within(n, float64(v), tag.Get("range"), path)
	}
	var v float64
	if n.Tag != "!!int" && n.Tag != "!!float" || n.Decode(&v) != nil {
		return p.fault(n, "%s is %.100q, which is no number", path, n.Value)
	}
	to.SetFloat(v)
	return p.within(n, v, tag.Get("range"), path)
}

func (p *parser) word(n *yaml.Node, oneOf, path string) error {
	words := strings.Fields(oneOf)
	if len(words) == 0 || slices.Contains(words, n.Value) {
		return nil
	}
	return p.other(n, words, path)
}

// other is the error of a value that is none of the words.
func (p *parser) other(n *yaml.Node, words []string, path string) error {
	err := p.fault(n, "%s is %.100q", path, n.Value)
	if best := suggest.Nearest(n.Value, words); best != "" {
		return formats.WithHint(err, "did you mean %s?", best)
	}
	return formats.WithHint(err, "it can be %s", strings.Join(words, ", "))
}

// within checks a number against the limits of its field.
func (p *parser) within(n *yaml.Node, v float64, limits, path string) error {
	from, to, _ := strings.Cut(limits, " ")
	low, errLow := strconv.ParseFloat(from, 64)
	high, errHigh := strconv.ParseFloat(to, 64)
	if errLow != nil || errHigh != nil {
		return fmt.Errorf("the field %s has the limits %q", path, limits)
	}
	if math.IsNaN(v) || v < low || v > high {
		return p.fault(n, "%s is %s, and not from %s to %s", path, n.Value, from, to)
	}
	return nil
}

// check looks at what fields have to do with each other.
func (p *parser) check(t *Template) error {
	if p.keys["architecture"] == nil {
		return formats.WithHint(p.fault(nil, "it has no architecture"), "there are %s", strings.Join(network.Architectures(""), ", "))
	}
	if t.Task() == "" {
		return p.other(p.keys["architecture"], network.Architectures(""), "architecture")
	}
	if n := p.keys["augmentation.scale"]; len(t.Augmentation.Scale) != 2 || t.Augmentation.Scale[0] > t.Augmentation.Scale[1] {
		return p.fault(n, "augmentation.scale is not two numbers, of which the first is the smaller one")
	}
	if !slices.IsSorted(t.Schedule.Steps) {
		return p.fault(p.keys["schedule.steps"], "schedule.steps do not come one after the other")
	}
	if t.Schedule.Decay == "steps" && len(t.Schedule.Steps) == 0 {
		return p.fault(p.keys["schedule.decay"], "schedule.decay is steps, and there are no schedule.steps")
	}
	if _, err := network.New(t.Network(2)); err != nil {
		return p.fault(p.keys["input"], "%s", err)
	}
	return nil
}

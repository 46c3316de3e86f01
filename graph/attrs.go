package graph

import (
	"fmt"
	"strconv"
	"strings"
)

// An Attr is an attribute of a node, as text.
type Attr struct{ Name, Value string }

// Attrs are attributes in the order in which they are written.
type Attrs []Attr

// Get returns the text of an attribute, and whether there is one.
func (a Attrs) Get(name string) (string, bool) {
	for i := range a {
		if a[i].Name == name {
			return a[i].Value, true
		}
	}
	return "", false
}

// Text returns the text of an attribute, empty where there is none.
func (a Attrs) Text(name string) string {
	v, _ := a.Get(name)
	return v
}

// Set changes an attribute, or adds it at the end.
func (a *Attrs) Set(name, value string) {
	for i := range *a {
		if (*a)[i].Name == name {
			(*a)[i].Value = value
			return
		}
	}
	*a = append(*a, Attr{name, value})
}

// Int returns an attribute that is an integer.
func (a Attrs) Int(name string) (int64, error) {
	v, ok := a.Get(name)
	if !ok {
		return 0, fmt.Errorf("the attribute %q is missing", name)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the attribute %s=%q is no integer", name, v)
	}
	return n, nil
}

// Ints returns an attribute that is a list of integers, "1, 2, 3".
func (a Attrs) Ints(name string) ([]int64, error) {
	v, ok := a.Get(name)
	if !ok {
		return nil, fmt.Errorf("the attribute %q is missing", name)
	}
	list := []int64{}
	if strings.TrimSpace(v) == "" {
		return list, nil
	}
	for s := range strings.SplitSeq(v, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the attribute %s=%q is no list of integers", name, v)
		}
		list = append(list, n)
	}
	return list, nil
}

// Float returns an attribute that is a number.
func (a Attrs) Float(name string) (float64, error) {
	v, ok := a.Get(name)
	if !ok {
		return 0, fmt.Errorf("the attribute %q is missing", name)
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	if err != nil {
		return 0, fmt.Errorf("the attribute %s=%q is no number", name, v)
	}
	return f, nil
}

// Bool returns an attribute that is true or false, in any of the spellings
// that OpenVINO reads.
func (a Attrs) Bool(name string) (bool, error) {
	v, ok := a.Get(name)
	if !ok {
		return false, fmt.Errorf("the attribute %q is missing", name)
	}
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "true", "1", "yes":
		return true, nil
	case "false", "0", "no":
		return false, nil
	}
	return false, fmt.Errorf("the attribute %s=%q is neither true nor false", name, v)
}

// Element returns an attribute that is an element type.
func (a Attrs) Element(name string) (ElementType, error) {
	v, ok := a.Get(name)
	if !ok {
		return 0, fmt.Errorf("the attribute %q is missing", name)
	}
	t, ok := ParseElementType(v)
	if !ok {
		return 0, fmt.Errorf("the attribute %s=%q is no element type", name, v)
	}
	return t, nil
}

// Shape returns an attribute that is a shape.
func (a Attrs) Shape(name string) (Shape, error) {
	v, ok := a.Get(name)
	if !ok {
		return nil, fmt.Errorf("the attribute %q is missing", name)
	}
	s, ok := ParseShape(v)
	if !ok {
		return nil, fmt.Errorf("the attribute %s=%q is no shape", name, v)
	}
	return s, nil
}

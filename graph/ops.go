package graph

import (
	"fmt"
	"strconv"
	"strings"
)

// A kindOf says what the text of an attribute must be.
type kindOf uint8

const (
	anyText kindOf = iota
	anInt
	intList
	aFloat
	aBool
	aType
	aShape
)

// An attrRule is one attribute of an operation.
type attrRule struct {
	name     string
	kind     kindOf
	optional bool // OpenVINO documents what holds without it
	since    int  // the opset that brought it
}

// An op is what the package knows of a kind of operation.
type op struct {
	version  string // the one that the builder writes
	min, max int    // how many inputs
	attrs    []attrRule
	infer    rule
}

// many is for operations with any number of inputs.
const many = 1 << 20

// need and may make the rules of attributes, written as "strides:ints"; a kind
// after a colon, and the opset that brought it after an @.
func need(list string) []attrRule { return attrRules(list, false) }

func may(list string) []attrRule { return attrRules(list, true) }

func attrRules(list string, optional bool) []attrRule {
	var rules []attrRule
	for word := range strings.FieldsSeq(list) {
		word, since, _ := strings.Cut(word, "@")
		name, kind, _ := strings.Cut(word, ":")
		a := attrRule{name: name, optional: optional, kind: map[string]kindOf{
			"": anyText, "int": anInt, "ints": intList, "float": aFloat, "bool": aBool, "type": aType, "shape": aShape,
		}[kind]}
		a.since, _ = strconv.Atoi(since)
		rules = append(rules, a)
	}
	return rules
}

func both(a, b []attrRule) []attrRule { return append(a[:len(a):len(a)], b...) }

// opset is the number of a version such as "opset8", 0 for others.
func opset(version string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(version, "opset"))
	return n
}

// opOf is what is known of the operation of a node, nil for nothing: it may
// be of an extension.
func opOf(n *Node) *op {
	if opset(n.Version) == 0 && n.Version != internalOpset && n.Version != "" {
		return nil
	}
	return knownOps()[n.Type]
}

// check checks an attribute of a node.
func (a *attrRule) check(n *Node) error {
	text, ok := n.Attrs.Get(a.name)
	if !ok {
		if a.optional || a.since > opset(n.Version) && opset(n.Version) > 0 {
			return nil
		}
		return fmt.Errorf("%s needs the attribute %q", n.Type, a.name)
	}
	var err error
	switch a.kind {
	case anInt:
		_, err = n.Attrs.Int(a.name)
	case intList:
		_, err = n.Attrs.Ints(a.name)
	case aFloat:
		_, err = n.Attrs.Float(a.name)
	case aBool:
		_, err = n.Attrs.Bool(a.name)
	case aType:
		_, err = n.Attrs.Element(a.name)
	case aShape:
		_, err = n.Attrs.Shape(a.name)
	case anyText:
		if text == "" && !a.optional {
			err = fmt.Errorf("the attribute %q is empty", a.name)
		}
	}
	return err
}

package main

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// A function is one prototype of a header.
type function struct {
	result     string
	name       string
	parameters []string // with their types
}

func compareNames(a, b function) int { return cmp.Compare(a.name, b.name) }

var (
	comments = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	// wide names are Windows's business: their functions take wchar_t.
	wide       = regexp.MustCompile(`(?s)#ifdef OPENVINO_ENABLE_UNICODE_PATH_SUPPORT\b.*?#endif`)
	directives = regexp.MustCompile(`(?m)^[ \t]*#(?:[^\n\\]|\\\n|\\.)*`)
	prototypes = regexp.MustCompile(`(?s)OPENVINO_C_API\(([^)]*)\)\s*(\w+)\s*\(([^;]*)\)\s*;`)
	lastWord   = regexp.MustCompile(`\w+$`)
)

// parse returns the functions that a header declares, except those with a
// variable number of arguments: cgo cannot call them, and each has a twin that
// takes an array.
func parse(header string) ([]function, error) {
	text := comments.ReplaceAllString(header, "")
	text = wide.ReplaceAllString(text, "")
	text = directives.ReplaceAllString(text, "")
	var functions []function
	for _, match := range prototypes.FindAllStringSubmatch(text, -1) {
		f := function{result: oneLine(match[1]), name: match[2]}
		parameters := oneLine(match[3])
		if strings.HasSuffix(parameters, "...") {
			continue
		}
		if parameters != "" && parameters != "void" {
			f.parameters = strings.Split(parameters, ", ")
		}
		for _, parameter := range f.parameters {
			if strings.ContainsAny(parameter, "()[]") || !lastWord.MatchString(parameter) {
				return nil, fmt.Errorf("%s: cannot read the parameter %q", f.name, parameter)
			}
		}
		functions = append(functions, f)
	}
	if declared := strings.Count(text, "OPENVINO_C_API("); declared != len(prototypes.FindAllString(text, -1)) {
		return nil, fmt.Errorf("%d declarations, of which %d can be read", declared, len(functions))
	}
	return functions, nil
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// arguments returns the names of the parameters, as a call passes them on.
func (f *function) arguments() string {
	names := make([]string, len(f.parameters))
	for i, parameter := range f.parameters {
		names[i] = lastWord.FindString(parameter)
	}
	return strings.Join(names, ", ")
}

// declaration returns the parameters as a definition has them.
func (f *function) declaration() string {
	if len(f.parameters) == 0 {
		return "void"
	}
	return strings.Join(f.parameters, ", ")
}

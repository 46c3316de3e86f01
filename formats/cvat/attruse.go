package cvat

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// attrUses are the attributes that annotations of a label have, in the order
// of their first appearance.
type attrUses struct {
	names []string
	index map[string]*attrUse
}

// attrUse says which kinds of values an attribute has.
type attrUse struct {
	numbers, bools, texts, others int
	// numeric and boolean are texts that would be read as one.
	numeric, boolean int
	first            string
}

// note returns a value as text.
func (u *attrUses) note(a dataset.Attribute, it *dataset.Item) string {
	x := u.index[a.Name]
	if x == nil {
		x = &attrUse{first: fmt.Sprintf("%s in item %q of %s", a.Name, it.ID, it.Subset)}
		u.index[a.Name] = x
		u.names = append(u.names, a.Name)
	}
	var s string
	switch {
	case string(a.Value) == "true" || string(a.Value) == "false":
		x.bools++
	case isJSONNumber(string(a.Value)):
		x.numbers++
	case json.Unmarshal(a.Value, &s) == nil && string(a.Value) != "null":
		x.texts++
		trimmed := strings.TrimSpace(s)
		if isJSONNumber(trimmed) {
			x.numeric++
		}
		if b := strings.ToLower(trimmed); b == "true" || b == "false" {
			x.boolean++
		}
		return s
	default:
		x.others++
	}
	return string(a.Value)
}

// inputType declares an attribute so that its values come back as they are.
// Values that cannot are counted.
func (u *attrUse) inputType(declared string, loss *formats.Loss) string {
	number := u.bools == 0 && u.numeric == 0 && (u.numbers > 0 || declared == typeNumber)
	checkbox := u.numbers == 0 && u.boolean == 0 && (u.bools > 0 || declared == typeCheckbox)
	loss.Add(turnedIntoTexts, u.first, u.others)
	switch {
	case number:
		return typeNumber
	case checkbox:
		return typeCheckbox
	}
	loss.Add(turnedIntoTexts, u.first, u.numbers+u.bools)
	if declared == typeNumber || declared == typeCheckbox {
		return typeText
	}
	return cmp.Or(declared, typeText)
}

const turnedIntoTexts = "values of attributes turned into texts"

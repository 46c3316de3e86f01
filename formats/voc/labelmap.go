package voc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// mapLine is a line of a label map: label:R,G,B:parts:actions.
type mapLine struct {
	name           string
	color          *dataset.LabelColor
	parts, actions []string
	// parent is that of the label, where no line lists it as a part. It stands
	// in a line of its own, which is a comment for others.
	parent string
}

const (
	labelMapHead = "# label:color_rgb:parts:actions\n"
	parentHead   = "# parent of "
	// impliedHead says that the line behind it is there for other readers
	// only, for which the first line is palette index 0.
	impliedHead = "# implied: no label of the dataset, but what is left of the masks"
)

// parseLabelMap reads a label map; line is where an error is.
func parseLabelMap(text []byte) (lines []mapLine, line int, err error) {
	if text, err = checkUTF8(text); err != nil {
		return nil, 0, err
	}
	parents, implied := map[string]string{}, false
	for row := range bytes.Lines(text) {
		line++
		s := strings.TrimSpace(string(row))
		if s == "" || s[0] == '#' {
			noteParent(parents, s)
			implied = implied || s == impliedHead
			continue
		}
		l, err := parseMapLine(s)
		if err != nil {
			return nil, line, err
		}
		if !implied {
			lines = append(lines, l)
		}
		implied = false
	}
	for i := range lines {
		lines[i].parent = parents[lines[i].name]
	}
	return lines, 0, nil
}

// noteParent reads a comment about the parent of a label.
func noteParent(parents map[string]string, comment string) {
	rest, ok := strings.CutPrefix(comment, parentHead)
	if !ok {
		return
	}
	var name, parent string
	dec := json.NewDecoder(strings.NewReader(rest))
	if dec.Decode(&name) != nil {
		return
	}
	if rest, ok = strings.CutPrefix(rest[dec.InputOffset():], ": "); ok && json.Unmarshal([]byte(rest), &parent) == nil {
		parents[name] = parent
	}
}

func parseMapLine(s string) (l mapLine, err error) {
	name, rest, err := cutMapName(s)
	if err != nil {
		return l, err
	}
	fields := append(strings.Split(rest, ":"), "", "", "")
	l = mapLine{name: name, parts: listOf(fields[1]), actions: listOf(fields[2])}
	if len(fields) > 6 {
		return l, formats.Reason(formats.ErrCorrupt, "a line of a label map with more than 4 fields")
	}
	rgb := strings.TrimSpace(fields[0])
	if rgb == "" {
		return l, nil
	}
	l.color = &dataset.LabelColor{}
	n, _ := fmt.Sscanf(strings.ReplaceAll(rgb, " ", ""), "%d,%d,%d", &l.color.R, &l.color.G, &l.color.B)
	if _, ok := rgbOf(*l.color); n != 3 || !ok || strings.Count(rgb, ",") != 2 {
		return l, formats.Reason(formats.ErrCorrupt, "the colour %q is not three numbers from 0 to 255", rgb)
	}
	return l, nil
}

// cutMapName splits a line behind its name, which is in quotes where it would
// be misread.
func cutMapName(s string) (name, rest string, err error) {
	if s[0] == '"' {
		dec := json.NewDecoder(strings.NewReader(s))
		if dec.Decode(&name) == nil {
			if rest, ok := strings.CutPrefix(s[dec.InputOffset():], ":"); ok {
				return name, rest, nil
			}
		}
	}
	name, rest, _ = strings.Cut(s, ":")
	if name = strings.TrimSpace(name); name == "" {
		return "", "", formats.Reason(formats.ErrCorrupt, "a line of a label map without a label")
	}
	return name, rest, nil
}

func listOf(field string) (list []string) {
	for s := range strings.SplitSeq(field, ",") {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// mapName is a name as a line has it.
func mapName(name string) []byte {
	if isName(name) && !strings.ContainsAny(name, ":\n") && name[0] != '#' && name[0] != '"' {
		return []byte(name)
	}
	return quote(name)
}

// isListed reports whether a name can be in a list of parts or actions.
func isListed(name string) bool {
	return isPlain(name) && !strings.ContainsAny(name, ":,\n")
}

// appendMapLine appends a line.
func appendMapLine(dst []byte, l mapLine) []byte {
	if l.parent != "" {
		dst = fmt.Appendf(dst, "%s%s: %s\n", parentHead, quote(l.name), quote(l.parent))
	}
	dst = append(append(dst, mapName(l.name)...), ':')
	if c := l.color; c != nil {
		for i, v := range [3]int32{c.R, c.G, c.B} {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendInt(dst, int64(v), 10)
		}
	}
	return fmt.Appendf(dst, ":%s:%s\n", strings.Join(l.parts, ","), strings.Join(l.actions, ","))
}

// labelTable collects the labels of a dataset.
type labelTable struct {
	cats   dataset.Categories
	places map[string]int32
}

// add returns the label called name, a new one where there is none yet.
func (t *labelTable) add(name string) (label int32, isNew bool) {
	if label, ok := t.places[name]; ok {
		return label, false
	}
	if t.places == nil {
		t.places = map[string]int32{}
	}
	if t.cats.Labels == nil {
		t.cats.Labels = &dataset.LabelCategories{}
	}
	label = int32(len(t.cats.Labels.Labels))
	t.places[name] = label
	t.cats.Labels.Labels = append(t.cats.Labels.Labels, dataset.LabelCategory{Name: name})
	return label, true
}

// addPart adds a label that is a part of others: its parent is the first of
// them.
func (t *labelTable) addPart(name, parent string) (isNew bool) {
	label, isNew := t.add(name)
	if l := &t.cats.Labels.Labels[label]; l.Parent == "" && name != parent {
		l.Parent = parent
	}
	return isNew
}

// addMap adds the labels that have lines of their own in a label map.
func (t *labelTable) addMap(lines []mapLine) error {
	t.cats.Labels = cmpOrNew(t.cats.Labels)
	for _, l := range lines {
		label, isNew := t.add(l.name)
		if !isNew {
			return formats.Reason(formats.ErrCorrupt, "the label %q is in the label map twice", l.name)
		}
		t.cats.Labels.Labels[label].Attributes, t.cats.Labels.Labels[label].Parent = l.actions, l.parent
		if l.color != nil {
			if t.cats.Masks == nil {
				t.cats.Masks = &dataset.MaskCategories{}
			}
			c := *l.color
			c.Label = label
			t.cats.Masks.Colors = append(t.cats.Masks.Colors, c)
		}
	}
	return nil
}

// addParts adds the parts in a label map, which have no lines of their own.
func (t *labelTable) addParts(lines []mapLine) {
	for _, l := range lines {
		for _, p := range l.parts {
			t.addPart(p, l.name)
		}
	}
}

func cmpOrNew(l *dataset.LabelCategories) *dataset.LabelCategories {
	if l == nil {
		return &dataset.LabelCategories{}
	}
	return l
}

// mapLines is the inverse of addMap and addParts: the lines of a label map for
// c. Parts get lines of their own only where the order of the labels would
// change otherwise, since Datumaro refuses a part that is a label too.
func mapLines(c *dataset.Categories) []mapLine {
	short := linesOf(c, false)
	var t labelTable
	if t.addMap(short) == nil {
		t.addParts(short)
		if slices.EqualFunc(t.cats.Labels.Labels, c.Labels.Labels, func(a, b dataset.LabelCategory) bool { return a.Name == b.Name && a.Parent == b.Parent }) {
			return short
		}
	}
	return linesOf(c, true)
}

// linesOf makes the lines, those of parts too if ownLines.
func linesOf(c *dataset.Categories, ownLines bool) (lines []mapLine) {
	place := map[string]int{}
	isPart := func(l dataset.LabelCategory) bool {
		_, ok := c.Index(l.Parent)
		return !ownLines && ok && l.Parent != "" && l.Parent != l.Name && isListed(l.Name) && len(l.Attributes) == 0 && colorOf(c, l.Name) == nil
	}
	for _, l := range c.Labels.Labels {
		if isPart(l) {
			continue
		}
		place[l.Name] = len(lines)
		lines = append(lines, mapLine{
			name: l.Name, color: colorOf(c, l.Name), parent: l.Parent,
			actions: slices.DeleteFunc(slices.Clone(l.Attributes), func(s string) bool { return !isListed(s) }),
		})
	}
	for _, l := range c.Labels.Labels {
		if k, ok := place[l.Parent]; ok && isPart(l) {
			lines[k].parts = append(lines[k].parts, l.Name)
		}
	}
	return lines
}

// colorOf is the colour of a label, nil where it has none that can be written.
func colorOf(c *dataset.Categories, name string) *dataset.LabelColor {
	if c.Masks == nil {
		return nil
	}
	label, _ := c.Index(name)
	for i := range c.Masks.Colors {
		if x := &c.Masks.Colors[i]; x.Label == label {
			if _, ok := rgbOf(*x); ok {
				return x
			}
			return nil
		}
	}
	return nil
}

package yolo

import (
	"fmt"
	"path"
	"strings"

	"datum/formats"
)

// darknetLayout is that of Darknet, as Datumaro and CVAT write it.
type darknetLayout struct{}

func darknetFolder(subset string) string { return "obj_" + subset + "_data" }

func (darknetLayout) picture(subset, name, ext string) string {
	return path.Join(darknetFolder(subset), name+ext)
}

func (darknetLayout) label(subset, name string) string {
	return path.Join(darknetFolder(subset), name+".txt")
}

// meta is the id of the item, as Datumaro looks it up, or the path where an
// item of another subset has that id.
func (darknetLayout) meta(e *exporter, _, name, picture string) string {
	if e.metaIDs.Add(name) {
		return name
	}
	return picture
}

// listed adds a line to the list of a subset. Paths there begin with data/,
// which is where Darknet has the dataset.
func (darknetLayout) listed(e *exporter, s *outSubset, name string) (err error) {
	if err := openList(e, s); err != nil {
		return err
	}
	e.line = append(append(append(e.line[:0], "data/"...), name...), '\n')
	return s.list.write(e.line)
}

func openList(e *exporter, s *outSubset) (err error) {
	if s.list == nil {
		s.list, err = e.create(s.name + ".txt")
	}
	return err
}

// finish writes obj.names and obj.data.
func (darknetLayout) finish(e *exporter) error {
	e.countSkeletons()
	var names, data strings.Builder
	for _, n := range e.names {
		names.WriteString(n + "\n")
	}
	fmt.Fprintf(&data, "classes = %d\n", len(e.names))
	for _, s := range e.subsets {
		key, err := darknetKey(e, s.name)
		if err != nil {
			return err
		}
		if err := openList(e, s); err != nil {
			return err
		}
		if err := s.list.close(); err != nil {
			return err
		}
		fmt.Fprintf(&data, "%s = data/%s.txt\n", key, s.name)
	}
	data.WriteString("names = data/obj.names\nbackup = backup/\n")
	if err := e.file("obj.names", []byte(names.String())); err != nil {
		return err
	}
	return e.file("obj.data", []byte(data.String()))
}

// darknetKey returns the key of a subset in obj.data: valid for the one that
// is called by another word for it, since Darknet knows train and valid only.
func darknetKey(e *exporter, name string) (string, error) {
	if darknetKeys[name] || strings.ContainsAny(name, "=\r\n") || strings.TrimSpace(name) != name || strings.HasPrefix(name, "#") {
		err := formats.Reason(formats.ErrCorrupt, "the subset name %q cannot be a key of obj.data", name)
		return "", e.errorAt("", formats.WithHint(err, "give the subset another name"))
	}
	if isValidation(e, name) {
		return "valid", nil
	}
	return name, nil
}

// isValidation reports whether a subset is the only one that is called by a
// word for validation.
func isValidation(e *exporter, name string) bool {
	found := 0
	for _, v := range validation {
		if e.byName[v] != nil {
			found++
			if v != name {
				return false
			}
		}
	}
	return found == 1
}

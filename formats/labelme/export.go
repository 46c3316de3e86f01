package labelme

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
)

// writtenVersion is the version of LabelMe that files are written as.
const writtenVersion = "5.5.0"

// exporter writes one dataset: a JSON file for each item, beside its picture.
type exporter struct {
	ctx   context.Context
	dir   string
	most  int64 // pixels of a mask
	info  dataset.Info
	media *formats.MediaWriter
	names *formats.FileNames
	order []string // of subsets
	known map[string]bool
	bare  map[int32]bool // labels that have numbers only
	// special are the labels that shapes have and readers take for none
	// otherwise.
	special map[string]bool
	loss    formats.Loss
	closed  bool
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if err := o.OnlyPlain(formatName); err != nil {
		return nil, err
	}
	media, err := formats.NewMediaWriter(ctx, formatName, dir, o)
	if err != nil {
		return nil, err
	}
	return &exporter{
		ctx: ctx, dir: dir, most: o.Limits.WithDefaults().ImagePixels, media: media,
		names: formats.NewFileNames(o.OnCollision), known: map[string]bool{}, bare: map[int32]bool{}, special: map[string]bool{},
	}, nil
}

// Begin takes what is known of the dataset.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = *info
	for _, s := range info.Subsets {
		if _, err := e.subset(s.Name); err != nil {
			return err
		}
		user, _ := s.Attributes.Split()
		e.loss.Add("attributes of subsets dropped", "subset "+s.Name, len(user))
	}
	user, _ := info.Attributes.Split()
	for _, a := range user {
		e.loss.Add("attributes of the dataset dropped", a.Name, 1)
	}
	e.countLosses()
	return nil
}

// countLosses counts what categories have and the format does not.
func (e *exporter) countLosses() {
	c := &e.info.Categories
	if c.Labels != nil {
		seen := map[string]bool{}
		for i := range c.Labels.Labels {
			l := &c.Labels.Labels[i]
			if l.Parent != "" {
				e.loss.Add("superclasses of labels dropped", l.Name, 1)
			}
			if seen[l.Name] {
				e.loss.Add("labels of one name that become one", l.Name, 1)
			}
			seen[l.Name] = true
			if !isLine(l.Name) {
				e.loss.Add("labels that "+labelsFile+" cannot list", strconv.Quote(l.Name), 1)
			}
			e.loss.Add("names of attributes of categories dropped", l.Name, len(l.Attributes))
		}
		e.loss.Add("names of attributes of categories dropped", "all categories", len(c.Labels.Attributes))
		for _, g := range c.Labels.Groups {
			e.loss.Add("label groups dropped", g.Name, 1)
		}
	}
	if c.Masks != nil && len(c.Masks.Colors) > 0 {
		e.loss.Add("colours of labels dropped", c.Name(c.Masks.Colors[0].Label), len(c.Masks.Colors))
	}
	if c.Points != nil {
		for _, p := range c.Points.Items {
			e.loss.Add("skeletons of labels dropped", c.Name(p.Label), 1)
		}
	}
}

// isLine reports whether a text comes back from a line of a file.
func isLine(s string) bool {
	return s != "" && strings.TrimSpace(s) == s && !strings.ContainsAny(s, "\r\n")
}

// subset notes a subset and returns the name of its folder.
func (e *exporter) subset(name string) (string, error) {
	folder, err := formats.SubsetFileName(name)
	if err == nil && (!isLine(folder) || folder == labelsFile || folder == subsetsFile) {
		err = formats.Reason(formats.ErrCorrupt, "the subset name %q cannot be a line of %s and a folder", name, subsetsFile)
	}
	if err != nil {
		return "", e.at("", err)
	}
	if !e.known[folder] {
		e.known[folder] = true
		e.order = append(e.order, folder)
	}
	return folder, nil
}

// at gives an error its place.
func (e *exporter) at(item string, err error) error {
	var placed *formats.Error
	if err == nil || errors.As(err, &placed) {
		return err
	}
	out := &formats.Error{Format: formatName, Path: e.dir, Item: item, Err: err}
	if hint := formats.Hint(err); hint != "" {
		return formats.WithHint(out, "%s", hint)
	}
	return out
}

// lost counts what the format does not hold.
func (e *exporter) lost(what string, it *dataset.Item, n int) {
	e.loss.Add(what, fmt.Sprintf("item %q of %s", it.ID, it.Subset), n)
}

// Write takes the next item.
func (e *exporter) Write(it dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := formats.CheckItem(&e.info, &it); err != nil {
		return e.at(it.ID, err)
	}
	var err error
	if it.Subset, err = e.subset(it.Subset); err != nil {
		return e.at(it.ID, err)
	}
	return e.at(it.ID, e.write(&it))
}

func (e *exporter) write(it *dataset.Item) error {
	name, err := e.names.Take(it, it.Subset, it.ID, &e.loss)
	if err != nil {
		return err
	}
	b, err := e.fileText(it, name)
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, b, "", "  "); err != nil {
		return formats.Reason(formats.ErrCorrupt, "an attribute is not JSON: %w", err)
	}
	pretty.WriteByte('\n')
	if err := e.media.SaveBytes(path.Join(it.Subset, name+extJSON), pretty.Bytes()); err != nil {
		return err
	}
	if m, ok := it.Media.(*dataset.Image); ok {
		return e.media.Save(it, &m.File, path.Join(it.Subset, name+path.Ext(m.Name)), &e.loss)
	}
	return nil
}

// fileText makes the text of the file of an item.
func (e *exporter) fileText(it *dataset.Item, name string) ([]byte, error) {
	version := writtenVersion
	it.Attributes.Decode(carryVersion, &version)
	user, _ := it.Attributes.Split()
	flags, others := splitFlags(user)
	b := dataset.AppendString([]byte(`{"version":`), version)
	b = flags.AppendJSON(append(b, `,"flags":`...))
	b = append(b, `,"shapes":[`...)
	size := e.size(it)
	written := 0
	for _, a := range it.Annotations {
		text, err := e.shape(it, a, size)
		if err != nil {
			return nil, err
		}
		if text == nil {
			continue
		}
		if written > 0 {
			b = append(b, ',')
		}
		b = append(b, text...)
		written++
	}
	b = dataset.AppendString(append(b, `],"imagePath":`...), imagePath(it, name))
	b = append(b, `,"imageData":null,"imageHeight":`...)
	b = appendPixels(b, size[0])
	b = appendPixels(append(b, `,"imageWidth":`...), size[1])
	if len(others) > 0 {
		b = others.AppendJSON(append(b, `,"attributes":`...))
	}
	if it.Media != nil && it.Media.MediaKind() != dataset.MediaImage {
		e.lost("media of other kinds than images dropped", it, 1)
	}
	b = appendOther(b, it.Attributes, fileMembers)
	return append(b, '}'), nil
}

// fileMembers are the members of a file that are written in any case.
var fileMembers = []string{"version", "flags", "shapes", "imagePath", "imageData", "imageHeight", "imageWidth", "attributes"}

// appendOther appends the members that an item or a shape carries along.
func appendOther(b []byte, a dataset.Attributes, known []string) []byte {
	raw, ok := a.Get(carryOther)
	if !ok {
		return b
	}
	list, err := dataset.ParseAttributes(raw)
	if err != nil {
		return b
	}
	for _, x := range list {
		if !slices.Contains(known, x.Name) {
			b = append(dataset.AppendString(append(b, ','), x.Name), ':')
			b = append(b, x.Value...)
		}
	}
	return b
}

// splitFlags separates what LabelMe can show, which is on or off, from all
// other attributes.
func splitFlags(list dataset.Attributes) (flags, others dataset.Attributes) {
	for _, a := range list {
		if v := string(a.Value); v == "true" || v == "false" {
			flags = append(flags, a)
		} else {
			others = append(others, a)
		}
	}
	return flags, others
}

// imagePath is the path of the picture from the file on, empty where there is
// none.
func imagePath(it *dataset.Item, name string) string {
	m, ok := it.Media.(*dataset.Image)
	if !ok {
		return ""
	}
	return path.Base(name) + path.Ext(m.Name)
}

// size returns height and width of the picture: of the item, or of its file,
// or of a mask; 0 where nothing says it.
func (e *exporter) size(it *dataset.Item) [2]int32 {
	m, ok := it.Media.(*dataset.Image)
	if ok && m.Height > 0 && m.Width > 0 {
		return [2]int32{m.Height, m.Width}
	}
	if ok && m.Source != nil {
		if size, err := imagesize.Of(&m.File); err == nil {
			w, h := size.Shown()
			return [2]int32{int32(h), int32(w)}
		}
	}
	for _, a := range it.Annotations {
		if mask, ok := a.(*dataset.Mask); ok && mask.RLE.Height > 0 && mask.RLE.Width > 0 {
			return [2]int32{mask.RLE.Height, mask.RLE.Width}
		}
	}
	return [2]int32{}
}

func appendPixels(b []byte, n int32) []byte {
	if n <= 0 {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, int64(n), 10)
}

// Close writes the lists of labels and of subsets.
func (e *exporter) Close() (formats.Loss, error) {
	if e.closed {
		return e.loss, nil
	}
	err := e.media.SaveBytes(labelsFile, lines(e.labelLines()))
	if err == nil {
		err = e.media.SaveBytes(subsetsFile, lines(e.order))
	}
	e.closed = true
	return e.loss, errors.Join(err, e.media.Close())
}

// labelLines are the lines of labels.txt: special ones as they were, the
// labels.
func (e *exporter) labelLines() []string {
	var out []string
	var special []string
	e.info.Attributes.Decode(carrySpecial, &special)
	for _, s := range special {
		if slices.Contains(specialLabels, s) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	seen := map[string]bool{}
	for _, s := range out {
		seen[s] = true
	}
	if c := e.info.Categories.Labels; c != nil {
		for _, l := range c.Labels {
			if slices.Contains(specialLabels, l.Name) && !e.special[l.Name] {
				e.loss.Add("labels that "+labelsFile+" cannot list", l.Name, 1)
			}
			if isLine(l.Name) && !seen[l.Name] {
				seen[l.Name] = true
				out = append(out, l.Name)
			}
		}
	}
	return out
}

func lines(list []string) []byte {
	var b []byte
	for _, s := range list {
		b = append(append(b, s...), '\n')
	}
	return b
}

// Abort gives up.
func (e *exporter) Abort() { e.media.Abort() }

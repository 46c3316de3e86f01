package imagefolder

import (
	"bufio"
	"context"
	"path"
	"strconv"
	"strings"
	"unicode"

	"datum/dataset"
	"datum/formats"
)

// listExporter writes lists of pictures.
type listExporter struct {
	*formats.FolderWriter
	lists  map[string]*bufio.Writer // by the names of subsets
	labels int                      // of a dataset that does not list them
}

func exportLists(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	w, err := formats.NewFolderWriter(ctx, nameImageNetTxt, dir, o)
	if err != nil {
		return nil, err
	}
	return &listExporter{FolderWriter: w, lists: map[string]*bufio.Writer{}}, nil
}

// Begin takes what is known of the dataset.
func (e *listExporter) Begin(info *dataset.Info) error {
	e.Info = *info
	loseInfo(&e.Loss, info)
	for _, s := range info.Subsets {
		if _, err := e.list(s.Name); err != nil {
			return e.At("", err)
		}
	}
	return nil
}

// list returns the list of a subset, made on first use.
func (e *listExporter) list(subset string) (*bufio.Writer, error) {
	name, err := e.Subset(subset, isNoList, "cannot be that of a list")
	if err != nil || e.lists[name] != nil {
		return e.lists[name], err
	}
	out, err := e.Create(name + ".txt")
	if err != nil {
		return nil, err
	}
	e.lists[name] = out
	return out, nil
}

// isNoList tells whether the list of a subset of this name would not be read as
// one.
func isNoList(name string) bool { return isHidden(name) || isAbout(name) || name == stem(synsetsFile) }

// Write takes the next item.
func (e *listExporter) Write(it dataset.Item) error { return e.Item(&it, e.write) }

func (e *listExporter) write(it *dataset.Item) error {
	l, err := e.list(it.Subset)
	if err != nil {
		return err
	}
	m, dropped := e.DropOther(it)
	if dropped {
		return nil
	}
	ext := ".jpg"
	if m == nil {
		e.Lost(it, "items without media, listed as pictures all the same", 1)
	} else if ext = path.Ext(m.Name); !isPicture("x" + ext) {
		e.Lost(it, "media given the extension .jpg, since theirs is none of a picture", 1)
		ext = ".jpg"
	}
	name, err := e.name(it, ext)
	if err != nil {
		return err
	}
	e.Loss.AddItemAttributes(it)
	if err := e.line(l, it, name, ext); err != nil || m == nil {
		return err
	}
	return e.Media.Save(it, &m.File, path.Join(imagesDir, name+ext), &e.Loss)
}

// name returns the name of the picture of an item, without extension. All
// subsets share one folder: where two have the same name, the pictures have to
// be the same, unless names may be changed.
func (e *listExporter) name(it *dataset.Item, ext string) (string, error) {
	id := path.Clean(it.ID)
	if strings.ContainsAny(id, "\r\n\"") {
		id = strings.NewReplacer("\r", "_", "\n", "_", `"`, "_").Replace(id)
		e.Lost(it, "items given another id, since theirs cannot stand in a list", 1)
	}
	folder := ext
	if e.Opts.OnCollision == formats.CollisionError {
		folder = it.Subset + "\x00" + ext
	}
	return e.Names.Take(it, folder, id, &e.Loss)
}

func (e *listExporter) line(l *bufio.Writer, it *dataset.Item, name, ext string) error {
	if strings.ContainsFunc(name, unicode.IsSpace) {
		name = `"` + name + `"`
	}
	b := append([]byte(name), ext...)
	for _, a := range it.Annotations {
		x, ok := a.(*dataset.Label)
		if !ok || x.Label == dataset.NoLabel {
			e.Loss.AddDropped(it, a)
			continue
		}
		e.Loss.AddParts(it, a, allParts)
		e.labels = max(e.labels, int(x.Label)+1)
		b = strconv.AppendInt(append(b, ' '), int64(x.Label), 10)
	}
	_, err := l.Write(append(b, '\n'))
	return err
}

// Close ends the files.
func (e *listExporter) Close() (formats.Loss, error) { return e.Finish(e.synsets) }

// synsets writes the names of the classes.
func (e *listExporter) synsets() error {
	var b []byte
	n := e.Info.Categories.Len()
	if e.Info.Categories.Labels == nil {
		n = e.labels
		e.Loss.Add("labels without a name, named by their numbers", "0", n)
	}
	for i := range int32(n) {
		name := e.Info.Categories.Name(i)
		if e.Info.Categories.Labels == nil {
			name = strconv.Itoa(int(i))
		}
		clean := strings.TrimSpace(strings.ToValidUTF8(strings.NewReplacer("\r", " ", "\n", " ").Replace(name), "_"))
		if clean != name {
			e.Loss.Add("labels given another name, since theirs cannot stand in a line", name, 1)
		}
		b = append(append(b, clean...), '\n')
	}
	return e.WriteFile(synsetsFile, b)
}

package cvat

import (
	"bufio"
	"cmp"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/internal/xmltext"
)

// writeFile writes the annotation file from what was gathered.
func (e *exporter) writeFile() (err error) {
	f, err := e.root.OpenFile(annotationFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return e.at("", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 256<<10)
	head := &xmltext.Node{Name: rootElement, Children: []*xmltext.Node{{Name: "version", Text: "1.1"}, e.metaNode()}}
	text := head.Append(nil, 0)
	text = text[:len(text)-len("</annotations>")]
	out.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n")
	out.Write(text) // errors stay with out until it is flushed
	if err := e.images.CopyTo(out); err != nil {
		return err
	}
	if err := e.tracks.writeTo(out); err != nil {
		return err
	}
	out.WriteString("</annotations>\n")
	return out.Flush()
}

// metaNode makes the <meta>: what the dataset carries, with the labels and
// what has to fit to the items.
func (e *exporter) metaNode() *xmltext.Node {
	meta := e.meta
	if meta == nil || len(meta.Children) == 0 {
		meta = &xmltext.Node{Name: "meta", Children: []*xmltext.Node{{Name: "task"}}}
	}
	body := meta.Children[0]
	if e.metaKind() == "project" && meta.Child("project") == nil {
		project := &xmltext.Node{Name: "project"}
		tasks := &xmltext.Node{Name: "tasks"}
		if e.meta != nil {
			tasks.Children = slices.Clone(meta.Children)
		}
		for _, s := range e.subsets { // other readers look for the subsets here
			tasks.Children = append(tasks.Children, &xmltext.Node{Name: "task", Children: []*xmltext.Node{{Name: "subset", Text: s}}})
		}
		project.Children = []*xmltext.Node{tasks}
		meta, body = &xmltext.Node{Name: "meta", Children: []*xmltext.Node{project}}, project
	}
	e.fillMeta(meta, body)
	return meta
}

// metaKind is "project" where there are several subsets, which only a project
// has.
func (e *exporter) metaKind() string {
	if len(e.subsets) > 1 {
		return "project"
	}
	return "task"
}

// fillMeta writes into a <meta> what it says of the items. Of one that the
// dataset carries, only what is there is brought up to date.
func (e *exporter) fillMeta(meta, body *xmltext.Node) {
	if body.Name == "task" && (e.meta == nil || body.Child("size") != nil) {
		body.Set("size", strconv.Itoa(e.items))
	}
	if e.meta == nil && body.Name == "task" {
		body.Set("mode", e.mode())
	}
	if e.width > 0 && len(e.tracks.list) > 0 && (e.meta == nil || e.style == styleVideo) && body.Child("original_size") == nil {
		body.Children = append(body.Children, &xmltext.Node{Name: "original_size", Children: []*xmltext.Node{
			{Name: "width", Text: strconv.Itoa(int(e.width))}, {Name: "height", Text: strconv.Itoa(int(e.height))},
		}})
	}
	switch {
	case body.Name == "project" && !slices.Equal((&source{meta: meta}).declaredSubsets(), e.subsets):
		body.Set("subsets", strings.Join(e.subsets, "\n"))
	case body.Name != "project" && len(e.subsets) == 1 && (e.meta == nil || cmp.Or(body.Value("subset"), dataset.DefaultSubset) != e.subsets[0]):
		body.Set("subset", e.subsets[0])
	}
	if e.video != "" && body.Value("source") != e.video {
		body.Set("source", e.video)
	}
	labels := e.labels.nodes()
	var places []*xmltext.Node
	meta.Each("labels", func(n *xmltext.Node) { places = append(places, n) })
	if len(places) == 0 {
		n := &xmltext.Node{Name: "labels"}
		body.Children = append(body.Children, n)
		places = []*xmltext.Node{n}
	}
	places[0].Children = labels
}

func (e *exporter) mode() string {
	if e.style == styleVideo || e.video != "" {
		return "interpolation"
	}
	return "annotation"
}

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
)

// writeFile writes the annotation file from what was gathered.
func (e *exporter) writeFile() (err error) {
	f, err := e.root.OpenFile(annotationFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return e.at("", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 256<<10)
	head := &node{name: rootElement, children: []*node{{name: "version", text: "1.1"}, e.metaNode()}}
	text := head.appendTo(nil, 0)
	text = text[:len(text)-len("</annotations>")]
	out.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n")
	out.Write(text) // errors stay with out until it is flushed
	if err := e.images.copyTo(out); err != nil {
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
func (e *exporter) metaNode() *node {
	meta := e.meta
	if meta == nil || len(meta.children) == 0 {
		meta = &node{name: "meta", children: []*node{{name: "task"}}}
	}
	body := meta.children[0]
	if e.metaKind() == "project" && meta.child("project") == nil {
		project := &node{name: "project"}
		tasks := &node{name: "tasks"}
		if e.meta != nil {
			tasks.children = slices.Clone(meta.children)
		}
		for _, s := range e.subsets { // other readers look for the subsets here
			tasks.children = append(tasks.children, &node{name: "task", children: []*node{{name: "subset", text: s}}})
		}
		project.children = []*node{tasks}
		meta, body = &node{name: "meta", children: []*node{project}}, project
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
func (e *exporter) fillMeta(meta, body *node) {
	if body.name == "task" && (e.meta == nil || body.child("size") != nil) {
		body.set("size", strconv.Itoa(e.items))
	}
	if e.meta == nil && body.name == "task" {
		body.set("mode", e.mode())
	}
	if e.width > 0 && len(e.tracks.list) > 0 && (e.meta == nil || e.style == styleVideo) && body.child("original_size") == nil {
		body.children = append(body.children, &node{name: "original_size", children: []*node{
			{name: "width", text: strconv.Itoa(int(e.width))}, {name: "height", text: strconv.Itoa(int(e.height))},
		}})
	}
	switch {
	case body.name == "project" && !slices.Equal((&source{meta: meta}).declaredSubsets(), e.subsets):
		body.set("subsets", strings.Join(e.subsets, "\n"))
	case body.name != "project" && len(e.subsets) == 1 && (e.meta == nil || cmp.Or(body.value("subset"), dataset.DefaultSubset) != e.subsets[0]):
		body.set("subset", e.subsets[0])
	}
	if e.video != "" && body.value("source") != e.video {
		body.set("source", e.video)
	}
	labels := e.labels.nodes()
	var places []*node
	meta.each("labels", func(n *node) { places = append(places, n) })
	if len(places) == 0 {
		n := &node{name: "labels"}
		body.children = append(body.children, n)
		places = []*node{n}
	}
	places[0].children = labels
}

func (e *exporter) mode() string {
	if e.style == styleVideo || e.video != "" {
		return "interpolation"
	}
	return "annotation"
}

// set gives a node a child with a text, in the place of an older one.
func (n *node) set(name, text string) {
	if i := slices.IndexFunc(n.children, func(c *node) bool { return c.name == name }); i >= 0 {
		n.children[i] = &node{name: name, text: text}
		return
	}
	n.children = append(n.children, &node{name: name, text: text})
}

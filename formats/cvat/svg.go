package cvat

import (
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/internal/decimal"
	"datum/internal/xmltext"
)

// A skeleton's label holds its drawing as the text of an <svg>: a circle for
// each keypoint and a line for each bone, in a box of 100 × 100.

// joint is a circle of the drawing.
type joint struct {
	node, name string
	x, y       float64
	placed     bool
}

// drawing is what an <svg> says of a skeleton.
type drawing struct {
	joints []joint
	bones  [][2]string // nodes
}

// parseDrawing reads an <svg>; what it does not understand is left out.
func parseDrawing(text string) drawing {
	var d drawing
	s := xmltext.Of([]byte("<svg>"+text+"</svg>"), 0)
	for {
		t, err := s.Next()
		if err != nil || t.Kind == xmltext.EOF {
			return d
		}
		if t.Kind != xmltext.Start {
			continue
		}
		list, err := t.Attribs(nil)
		if err != nil {
			return d
		}
		at := map[string]string{}
		for _, a := range list {
			if v, err := xmltext.Unescape(a.Raw, true); err == nil {
				at[string(a.Name)] = v
			}
		}
		d.add(t.Name, at)
	}
}

func (d *drawing) add(element string, at map[string]string) {
	switch {
	case element == "circle" && at["data-node-id"] != "":
		j := joint{node: at["data-node-id"], name: at["data-label-name"]}
		x, okX := percent(at["cx"])
		y, okY := percent(at["cy"])
		j.x, j.y, j.placed = x, y, okX && okY
		d.joints = append(d.joints, j)
	case element == "line" && at["data-node-from"] != "" && at["data-node-to"] != "":
		d.bones = append(d.bones, [2]string{at["data-node-from"], at["data-node-to"]})
	}
}

func percent(s string) (float64, bool) {
	n, ok := decimal.Parse(s)
	return n.Shift(-2).Float64(), ok
}

// skeleton turns a drawing into the keypoints of a label. names are those of
// the sublabels, in their order, which counts.
func (d *drawing) skeleton(label int32, names []string) dataset.PointsCategory {
	p := dataset.PointsCategory{Label: label, Names: names}
	node := map[string]int32{}
	positions := make([]float64, 2*len(names))
	placed := 0
	for _, j := range d.joints {
		i := slices.Index(names, j.name)
		if i < 0 {
			continue
		}
		node[j.node] = int32(i + 1)
		if j.placed {
			positions[2*i], positions[2*i+1] = j.x, j.y
			placed++
		}
	}
	if placed == len(names) && placed > 0 {
		p.Positions = positions
	}
	for _, b := range d.bones {
		if from, to := node[b[0]], node[b[1]]; from > 0 && to > 0 {
			p.Joints = append(p.Joints, [2]int32{from, to})
		}
	}
	return p
}

// drawSkeleton returns the text of an <svg>.
func drawSkeleton(p *dataset.PointsCategory) string {
	var b []byte
	for _, bone := range p.Joints {
		b = append(b, "<line"...)
		for i, end := range []string{"1", "2"} {
			if at := 2 * (int(bone[i]) - 1); at >= 0 && at+1 < len(p.Positions) {
				b = xmltext.AppendAttr(b, "x"+end, percentText(p.Positions[at]))
				b = xmltext.AppendAttr(b, "y"+end, percentText(p.Positions[at+1]))
			}
		}
		b = append(b, ` stroke="black" data-type="edge"`...)
		b = xmltext.AppendAttr(b, "data-node-from", strconv.Itoa(int(bone[0])))
		b = append(b, ` stroke-width="0.5"`...)
		b = xmltext.AppendAttr(b, "data-node-to", strconv.Itoa(int(bone[1])))
		b = append(b, "></line>"...)
	}
	for i, name := range p.Names {
		id := strconv.Itoa(i + 1)
		b = append(b, `<circle r="0.75"`...)
		if 2*i+1 < len(p.Positions) {
			b = xmltext.AppendAttr(b, "cx", percentText(p.Positions[2*i]))
			b = xmltext.AppendAttr(b, "cy", percentText(p.Positions[2*i+1]))
		}
		b = append(b, ` stroke-width="0.1" data-type="element node"`...)
		b = xmltext.AppendAttr(b, "data-element-id", id)
		b = xmltext.AppendAttr(b, "data-node-id", id)
		b = xmltext.AppendAttr(b, "data-label-name", name)
		b = append(b, "></circle>"...)
	}
	return string(b)
}

func percentText(v float64) string { return decimal.Of(v).Shift(2).String() }

// sameSkeleton reports whether the drawing that a label came with still says
// what its keypoints are.
func sameSkeleton(svg string, p *dataset.PointsCategory) bool {
	d := parseDrawing(svg)
	q := d.skeleton(p.Label, p.Names)
	return slices.Equal(q.Joints, p.Joints) && slices.Equal(q.Positions, p.Positions) && strings.TrimSpace(svg) != ""
}

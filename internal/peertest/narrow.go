package peertest

import (
	"cmp"
	"math"
	"slices"

	"datum/dataset"
)

// narrow brings a dataset to the precision and order in which Datumaro holds
// it: coordinates of plane shapes as float32 with two decimals, names in
// sets sorted, keypoint positions moved into a unit box, and no end of a video
// at its first frame.
func narrow(d *Dump) *Dump {
	out := &Dump{Info: narrowInfo(d.Info), Media: d.Media}
	for _, it := range d.Items {
		annotations := it.Annotations
		it.Annotations = nil
		for _, a := range annotations {
			a = a.Clone()
			narrowAnnotation(a)
			it.Annotations = append(it.Annotations, a)
		}
		if v, ok := it.Media.(*dataset.Video); ok && v.End != nil && *v.End == 0 {
			it.Media = &dataset.Video{File: v.File, Step: v.Step, Start: v.Start} // the format has 0 for no end
		}
		out.Items = append(out.Items, it)
	}
	return out
}

// two rounds in float32 arithmetic, as numpy does with an array of float32.
func two(v *float64) {
	*v = float64(float32(math.RoundToEven(float64(float32(*v)*100))) / 100)
}

// twoWide rounds in float64, narrows to float32 and rounds again.
func twoWide(v *float64) {
	round := func(v float64) float64 { return math.RoundToEven(v*100) / 100 }
	*v = round(float64(float32(round(*v))))
}

func each(list []float64, f func(*float64)) {
	for i := range list {
		f(&list[i])
	}
}

func narrowAnnotation(a dataset.Annotation) {
	switch a := a.(type) {
	case *dataset.Bbox:
		corners := []float64{a.X, a.Y, a.X + a.W, a.Y + a.H}
		each(corners, two)
		a.X, a.Y, a.W, a.H = corners[0], corners[1], corners[2]-corners[0], corners[3]-corners[1]
	case *dataset.Ellipse:
		for _, v := range []*float64{&a.X1, &a.Y1, &a.X2, &a.Y2} {
			two(v)
		}
	case *dataset.Polygon:
		each(a.Points, two)
	case *dataset.PolyLine:
		each(a.Points, two)
	case *dataset.Points:
		each(a.Points, two)
	case *dataset.Cuboid2D:
		each(a.Corners[:], func(v *float64) { *v = float64(float32(*v)) })
		a.Y3D = nil
		if a.Label == math.MaxInt32 { // Datumaro's reader of 2D cuboids forgets what stands for no label
			a.Label = dataset.NoLabel
		}
	case *dataset.Cuboid3D:
		each(a.Position[:], twoWide)
		each(a.Rotation[:], twoWide)
		each(a.Scale[:], twoWide)
	}
}

func narrowInfo(in *dataset.Info) *dataset.Info {
	out := *in
	if l := in.Categories.Labels; l != nil {
		c := dataset.LabelCategories{Attributes: sorted(l.Attributes)}
		for _, x := range l.Labels {
			x.Attributes = sorted(x.Attributes)
			c.Labels = append(c.Labels, x)
		}
		for _, g := range l.Groups {
			g.Labels = sorted(g.Labels)
			c.Groups = append(c.Groups, g)
		}
		out.Categories.Labels = &c
	}
	if p := in.Categories.Points; p != nil {
		c := dataset.PointsCategories{}
		for _, x := range p.Items {
			x.Joints = slices.SortedFunc(slices.Values(x.Joints), func(a, b [2]int32) int {
				return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
			})
			x.Positions = inUnitBox(x.Positions)
			c.Items = append(c.Items, x)
		}
		out.Categories.Points = &c
	}
	out.Subsets = slices.DeleteFunc(slices.Clone(in.Subsets), func(s dataset.Subset) bool { return s.Items == 0 })
	return &out
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// inUnitBox moves keypoints so that they fill a box of side 1 from the origin,
// as Datumaro does when it makes a category.
func inUnitBox(p []float64) []float64 {
	if len(p) == 0 || len(p)%2 != 0 {
		return p
	}
	low, high := [2]float64{p[0], p[1]}, [2]float64{p[0], p[1]}
	for i, v := range p {
		low[i%2], high[i%2] = min(low[i%2], v), max(high[i%2], v)
	}
	side := max(high[0]-low[0], high[1]-low[1])
	out := make([]float64, len(p))
	for i, v := range p {
		if side > 0 {
			out[i] = (v - low[i%2]) / side
		}
	}
	return out
}

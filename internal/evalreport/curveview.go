package evalreport

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"datum/metrics"
)

// A plot has the size of a drawing and the place of the unit square in it.
type plot struct{ Width, Height, Left, Top, Right, Bottom float64 }

var (
	largePlot = plot{560, 380, 52, 12, 548, 334}
	smallPlot = plot{150, 92, 1, 3, 149, 91}
)

func (p plot) x(v float64) float64 { return p.Left + v*(p.Right-p.Left) }
func (p plot) y(v float64) float64 { return p.Bottom - v*(p.Bottom-p.Top) }

// path returns the line of a curve, and that around the area below it.
func (p plot) path(c *metrics.Curve) (line, area string) {
	if len(c.Recall) == 0 {
		return "", ""
	}
	var b strings.Builder
	for i := range c.Recall {
		b.WriteByte("ML"[min(i, 1)])
		b.WriteString(short(p.x(c.Recall[i])) + " " + short(p.y(c.Precision[i])))
	}
	line = b.String()
	return line, line + "L" + short(p.Right) + " " + short(p.Bottom) + "L" + short(p.Left) + " " + short(p.Bottom) + "Z"
}

// A gridLine is a line of a plot with a number at its end.
type gridLine struct{ At, Text string }

// grid returns the lines across and those up.
func (p plot) grid() (across, up []gridLine) {
	for i := range 6 {
		v := float64(i) / 5
		across = append(across, gridLine{short(p.y(v)), short(v)})
		up = append(up, gridLine{short(p.x(v)), short(v)})
	}
	return across, up
}

// curvesView are the curves of all classes together.
type curvesView struct {
	Plot       plot
	Across, Up []gridLine
	Lines      []lineView // at some overlaps
	ByOverlap  []barView  // the area below each curve
}

// lineView is one curve in a plot.
type lineView struct {
	Number           int
	Name, Line, Area string
	Value            float64
}

// barView is a bar of a plot.
type barView struct {
	X, Y, W, H, Middle string
	Name               string
	Value              float64
}

// drawn are the overlaps whose curves are drawn, by their places: 0.50, 0.75
// and 0.90.
var drawn = []int{0, 5, 8}

// viewCurves returns nil where nothing was measured.
func viewCurves(curves []Curve) *curvesView {
	v := &curvesView{Plot: largePlot}
	v.Across, v.Up = largePlot.grid()
	for number, i := range drawn {
		if i < len(curves) {
			c := &curves[i]
			if line, _ := largePlot.path(&c.Curve); line != "" {
				v.Lines = append(v.Lines, lineView{Number: number, Name: "IoU " + two(c.Overlap), Line: line, Value: average(c.Precision)})
			}
		}
	}
	if len(v.Lines) == 0 {
		return nil
	}
	p := v.Plot
	width := (p.Right - p.Left) / float64(len(curves))
	for i := range curves {
		c, x := &curves[i], p.Left+float64(i)*width
		value := average(c.Precision)
		v.ByOverlap = append(v.ByOverlap, barView{
			X: short(x + 0.12*width), W: short(0.76 * width), Y: short(p.y(value)), H: short(p.Bottom - p.y(value)),
			Middle: short(x + width/2), Name: two(c.Overlap), Value: value,
		})
	}
	return v
}

func two(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

func average(s []float64) float64 {
	var sum float64
	for _, v := range s {
		sum += v
	}
	return sum / float64(len(s))
}

// mostCurves is how many classes have a drawing of their own.
const mostCurves = 60

// viewClassCurves draws the classes of most truths, the best first. It says how
// many more there are.
func viewClassCurves(classes []DetectionClass) (views []lineView, left int) {
	var with []*DetectionClass
	for i := range classes {
		if len(classes[i].Curve.Recall) > 0 {
			with = append(with, &classes[i])
		}
	}
	if left = len(with) - mostCurves; left > 0 {
		slices.SortStableFunc(with, func(a, b *DetectionClass) int { return cmp.Compare(b.Counts.Truths, a.Counts.Truths) })
		with = with[:mostCurves]
	}
	slices.SortStableFunc(with, func(a, b *DetectionClass) int { return cmp.Compare(b.COCO.AP50, a.COCO.AP50) })
	for i, c := range with {
		line, area := smallPlot.path(&c.Curve)
		views = append(views, lineView{i, c.Name, line, area, c.COCO.AP50})
	}
	return views, max(left, 0)
}

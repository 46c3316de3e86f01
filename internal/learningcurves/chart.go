package learningcurves

import (
	"math"
	"strconv"
	"strings"
)

// Size of a drawing, and the place of the lines in it.
const (
	width, height            = 560, 300
	left, top, right, bottom = 56, 12, 548, 262
)

type chartView struct {
	Title, Across string
	Width, Height int
	Left, Right   int
	Top, Bottom   int
	Rows, Columns []gridLine
	Lines         []lineView
	Marks         []markView
}

// markView is a line upwards with its name on the side where there is room.
type markView struct {
	gridLine
	Anchor string
	Beside int
}

// gridLine is a line of the grid with a number at its end.
type gridLine struct{ At, Text string }

type lineView struct {
	Number     int // of its colour
	Name, Path string
	Last       string
	Faint      bool
}

// viewChart draws a chart; false says that there is no point to draw.
func viewChart(c *Chart) (chartView, bool) {
	x, y := newAxis(left, right, false), newAxis(bottom, top, c.Logarithmic)
	for _, l := range c.Lines {
		for i := range l.points() {
			if y.takes(l.Y[i]) && x.takes(l.X[i]) {
				x.include(l.X[i])
				y.include(l.Y[i])
			}
		}
	}
	if x.low > x.high {
		return chartView{}, false
	}
	x.include(0) // so that charts of the same steps stand below each other
	x.widen(false)
	y.widen(true)
	v := chartView{Title: c.Title, Across: c.Across, Width: width, Height: height, Left: left, Right: right, Top: top, Bottom: bottom,
		Rows: y.grid(6), Columns: x.grid(8)}
	for i, l := range c.Lines {
		if path, last := l.path(x, y); path != "" {
			v.Lines = append(v.Lines, lineView{i % colours, l.Name, path, rounded(last), l.Faint})
		}
	}
	for _, m := range c.Marks {
		if m.At >= x.low && m.At <= x.high {
			v.Marks = append(v.Marks, x.mark(m))
		}
	}
	return v, true
}

func (a *axis) mark(m Mark) markView {
	at := a.place(m.At)
	v := markView{gridLine{short(at), m.Name}, "start", 5}
	if at > (a.from+a.to)/2 {
		v.Anchor, v.Beside = "end", -5
	}
	return v
}

// colours is how many the style sheet has.
const colours = 5

func (l *Line) points() int { return min(len(l.X), len(l.Y)) }

// path returns the line as SVG has it, and its last value.
func (l *Line) path(x, y *axis) (string, float64) {
	var b strings.Builder
	last, pen := 0.0, byte('M')
	for i := range l.points() {
		if !x.takes(l.X[i]) || !y.takes(l.Y[i]) {
			pen = 'M'
			continue
		}
		b.WriteByte(pen)
		b.WriteString(short(x.place(l.X[i])) + " " + short(y.place(l.Y[i])))
		if pen == 'M' {
			b.WriteString("h0") // a point alone is seen too
		}
		last, pen = l.Y[i], 'L'
	}
	return b.String(), last
}

// An axis maps values to places in the drawing.
type axis struct {
	from, to    float64 // places of the least and the greatest value
	low, high   float64
	logarithmic bool
}

func newAxis(from, to float64, logarithmic bool) *axis {
	return &axis{from: from, to: to, low: math.Inf(1), high: math.Inf(-1), logarithmic: logarithmic}
}

func (a *axis) takes(v float64) bool { return isNumber(v) && (!a.logarithmic || v > 0) }

func (a *axis) include(v float64) { a.low, a.high = min(a.low, v), max(a.high, v) }

// widen makes room around a single value and, where round is true, up to round numbers.
func (a *axis) widen(round bool) {
	if a.logarithmic {
		a.low, a.high = math.Pow(10, math.Floor(math.Log10(a.low))), math.Pow(10, math.Ceil(math.Log10(a.high)))
		if a.low == a.high {
			a.high *= 10
		}
		return
	}
	if a.low == a.high {
		more := max(0.5, math.Abs(a.low)/10)
		a.low, a.high = a.low-more, a.high+more
	}
	if !round {
		return
	}
	for range 2 { // what is wider may have lines that are further apart
		step := a.step(6)
		a.low, a.high = math.Floor(a.low/step)*step, math.Ceil(a.high/step)*step
	}
}

func (a *axis) place(v float64) float64 {
	low, high := a.low, a.high
	if a.logarithmic {
		v, low, high = math.Log10(v), math.Log10(low), math.Log10(high)
	}
	return a.from + (v-low)/(high-low)*(a.to-a.from)
}

// step is a distance of 1, 2 or 5 times a power of ten that makes at most so
// many lines.
func (a *axis) step(most int) float64 {
	rough := (a.high - a.low) / float64(most)
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, k := range []float64{1, 2, 5} {
		if k*power >= rough*(1-1e-9) {
			return k * power
		}
	}
	return 10 * power
}

func (a *axis) grid(most int) (lines []gridLine) {
	if a.logarithmic {
		every := math.Ceil(math.Log10(a.high/a.low) / float64(most))
		for e := math.Round(math.Log10(a.low)); e <= math.Log10(a.high)+1e-9; e += max(1, every) {
			v := math.Pow(10, e)
			lines = append(lines, gridLine{short(a.place(v)), number(v)})
		}
		return lines
	}
	step := a.step(most)
	for i := math.Ceil(a.low/step - 1e-9); i*step <= a.high+step*1e-9; i++ {
		lines = append(lines, gridLine{short(a.place(i * step)), number(i * step)})
	}
	return lines
}

// rounded writes a value with three decimals, as figures of the same chart are compared;
// one that is near 0 keeps three digits.
func rounded(v float64) string {
	if small := math.Abs(v) < 0.01; small || math.Abs(v) >= 1000 {
		return number(v)
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

// number writes a value with four digits.
func number(v float64) string {
	if v == 0 {
		return "0" // also where it is -0
	}
	if math.Abs(v) < 1e-3 || math.Abs(v) >= 1e6 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	s := strconv.FormatFloat(v, 'f', max(0, 3-int(math.Floor(math.Log10(max(1e-3, math.Abs(v)))))), 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

func short(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// Package learningcurves makes a page of how a training went: its figures and
// its curves. The page has all that it shows in it, loads nothing, runs no
// script, and follows the reader's choice of light or dark.
package learningcurves

import (
	"bufio"
	"embed"
	"html/template"
	"io"
	"math"
)

// Report is what the page shows.
type Report struct {
	Title string
	// Facts say what was trained on what, Notes what the reader should know.
	Facts []Fact
	Notes []string
	// Large are the figures that are shown first.
	Large  []Figure
	Charts []Chart
}

// Fact is a name and a value.
type Fact struct{ Name, Value string }

// Figure is a number, as text, with what it says.
type Figure struct{ Value, Name, Phrase string }

// Chart is a drawing of some lines that share their axes.
type Chart struct {
	Title string
	// Across says what the lines go over: steps, epochs.
	Across string
	Lines  []Line
	// Marks are places of interest, such as the best epoch.
	Marks []Mark
	// Logarithmic draws powers of ten at equal distances. Values that are not
	// above 0 are left out.
	Logarithmic bool
}

// Line is a curve. Points that are no numbers interrupt it.
type Line struct {
	Name string
	X, Y []float64
	// Faint lines stand behind the others.
	Faint bool
}

// Mark is a line upwards, with a name.
type Mark struct {
	At   float64
	Name string
}

//go:embed page
var files embed.FS

type pageView struct {
	*Report
	Style  template.CSS
	Policy string
	Drawn  []chartView
}

// WriteHTML writes the page.
func WriteHTML(w io.Writer, r *Report) error {
	t, err := template.ParseFS(files, "page/page.html")
	if err != nil {
		return err
	}
	style, err := files.ReadFile("page/style.css")
	if err != nil {
		return err
	}
	v := &pageView{Report: r, Style: template.CSS(style), Policy: "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"}
	for i := range r.Charts {
		if c, ok := viewChart(&r.Charts[i]); ok {
			v.Drawn = append(v.Drawn, c)
		}
	}
	b := bufio.NewWriter(w)
	if err := t.Execute(b, v); err != nil {
		return err
	}
	return b.Flush()
}

func isNumber(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

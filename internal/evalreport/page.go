package evalreport

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strconv"
)

//go:embed page
var files embed.FS

// page is the template, made when it is first needed.
func page() (*template.Template, error) {
	return template.New("page.html").Funcs(template.FuncMap{"show": show, "percent": percent, "hundredths": two}).ParseFS(files, "page/*.html")
}

// pageView is what the template shows.
type pageView struct {
	*Report
	Style  template.CSS
	Script template.JS
	// Policy lets a browser load nothing, and run no script but ours.
	Policy      string
	Large       []number // the numbers that are shown first
	Numbers     []number
	Curves      *curvesView
	ClassCurves []lineView
	SmallPlot   plot
	// MoreClasses counts the classes without a drawing of their curve.
	MoreClasses int
	Matrix      *matrixView
	Pictures    []pictureView
}

// WriteHTML writes the report as one page. It has all that it shows in it, loads
// nothing, follows the reader's choice of light or dark, and needs no script
// but for sorting the table.
func WriteHTML(w io.Writer, r *Report) error {
	t, err := page()
	if err != nil {
		return err
	}
	style, err := files.ReadFile("page/style.css")
	if err != nil {
		return err
	}
	script, err := files.ReadFile("page/sort.js")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(script)
	v := &pageView{
		Report: r, Style: template.CSS(style), Script: template.JS(script), SmallPlot: smallPlot,
		Policy: "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-" +
			base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'",
	}
	v.fill()
	b := bufio.NewWriter(w)
	if err := t.Execute(b, v); err != nil {
		return err
	}
	return b.Flush()
}

func (v *pageView) fill() {
	if d := v.Detection; d != nil {
		v.Numbers = d.numbers()
		for _, i := range []int{0, 1, 2, 8, 13} { // AP, AP50, AP75, AR 100, VOC 2010
			v.Large = append(v.Large, v.Numbers[i])
		}
		v.Curves = viewCurves(d.Curves)
		v.ClassCurves, v.MoreClasses = viewClassCurves(d.Classes)
		v.Matrix = viewMatrix(&d.Confusion)
	}
	if c := v.Classification; c != nil {
		v.Large = append(v.Large, c.numbers()...)
		v.Matrix = viewMatrix(&c.Confusion)
	}
	for i := range v.Report.Pictures {
		v.Pictures = append(v.Pictures, viewPicture(i, &v.Report.Pictures[i]))
	}
}

// percent writes a part.
func percent(v float64) string {
	if v < 0 {
		return "–"
	}
	return strconv.FormatFloat(100*v, 'f', 1, 64) + " %"
}

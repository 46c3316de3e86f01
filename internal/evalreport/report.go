// Package evalreport shows what an evaluation found: on a terminal, and as one
// HTML page that needs nothing from anywhere else.
//
// Whoever evaluates fills in a [Report]; [Detected] and [Classified] make its
// parts of what package metrics collected. Names may be of hostile datasets:
// the page escapes them and may load nothing, and control characters do not
// get to the terminal.
package evalreport

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"datum/metrics"
)

// A Report is what an evaluation found.
type Report struct {
	Title string
	// Facts say what was evaluated on what: model, dataset, device, time.
	Facts []Fact
	// Notes are what a reader has to know about the numbers: images left out,
	// say.
	Notes []string
	// Detection and Classification are nil where they were not the task.
	Detection      *Detection
	Classification *Classification
	// Pictures are the worst, the worst first. They are on the page only.
	Pictures []Picture
}

// A Fact is a line of what was evaluated.
type Fact struct{ Name, Value string }

// Detection is how well objects were found.
type Detection struct {
	Images           int
	Mean             metrics.COCO
	VOC2007, VOC2010 float64
	// Curves are the precision-recall curves of all classes together, at each
	// overlap that COCO looks at.
	Curves    []Curve
	Classes   []DetectionClass
	Confusion Matrix
}

// A Curve is a precision-recall curve at an overlap.
type Curve struct {
	Overlap float64
	metrics.Curve
}

// A DetectionClass is how well objects of one class were found.
type DetectionClass struct {
	Name             string
	Counts           metrics.Counts
	COCO             metrics.COCO
	VOC2007, VOC2010 float64
	// Curve is that of an overlap of 0.5; it has no points where there are no
	// truths.
	Curve metrics.Curve
}

// Best is the point of the curve where the harmonic mean of precision and
// recall is greatest.
type Best struct{ F1, Score float64 }

// Best is −1 where there are no truths, and its score also where nothing was
// found.
func (c *DetectionClass) Best() Best {
	if len(c.Curve.Recall) == 0 {
		return Best{-1, -1}
	}
	f1, score := c.Curve.BestF1()
	if f1 == 0 {
		return Best{0, -1}
	}
	return Best{f1, score}
}

// Classification is how well images were classified.
type Classification struct {
	Images     int
	Top1, Top5 float64
	Classes    []ImageClass
	Confusion  Matrix
}

// An ImageClass is how well images of one class were classified.
type ImageClass struct {
	Name string
	metrics.ClassCounts
}

// A Matrix is a confusion matrix with the names of its rows and columns, of
// which the background, if there is one, is the last.
type Matrix struct {
	Names      []string
	Background bool
	Cells      []metrics.Cell
}

// BackgroundName is the row and column of what is no object.
const BackgroundName = "background"

// Detected returns what an accumulator found about the classes of these names.
func Detected(a *metrics.Accumulator, names []string) *Detection {
	d := &Detection{Images: a.Images()}
	var classes []metrics.COCO
	d.Mean, classes = a.COCO()
	old, later, counts := a.VOC2007(), a.VOC2010(), a.Counts()
	d.VOC2007, d.VOC2010 = old.Mean, later.Mean
	var curves []metrics.Curve
	for i, overlap := range metrics.Overlaps() {
		mean, each := a.Curves(i, metrics.All)
		d.Curves = append(d.Curves, Curve{overlap, mean})
		if i == 0 {
			curves = each
		}
	}
	for i := range counts {
		d.Classes = append(d.Classes, DetectionClass{nameOf(names, i), counts[i], classes[i], old.Categories[i], later.Categories[i], curves[i]})
	}
	d.Confusion = matrixOf(a.Confusion(), names)
	d.Confusion.Names = append(d.Confusion.Names, BackgroundName)
	d.Confusion.Background = true
	return d
}

// Classified returns what was counted of the classes of these names.
func Classified(c *metrics.Classification, names []string) *Classification {
	total := c.Total()
	r := &Classification{Images: total.Truths, Top1: total.Top1Accuracy(), Top5: total.Top5Accuracy()}
	for i, counts := range c.Classes() {
		r.Classes = append(r.Classes, ImageClass{nameOf(names, i), counts})
	}
	r.Confusion = matrixOf(c.Confusion(), names)
	return r
}

func matrixOf(c *metrics.Confusion, names []string) Matrix {
	m := Matrix{Cells: c.Cells()}
	for i := range c.Categories() {
		m.Names = append(m.Names, nameOf(names, i))
	}
	return m
}

// nameOf is the name of a class as a report has it, or the number of a class
// that has no name.
func nameOf(names []string, i int) string {
	if i < len(names) && names[i] != "" {
		return bounded(strings.Map(unturned, names[i]))
	}
	return strconv.Itoa(i)
}

// mostOfName is how many characters of the name of a class are shown at most:
// the page has it in very many places.
const mostOfName = 200

func bounded(name string) string {
	n := 0
	for at := range name {
		if n++; n == mostOfName {
			if _, size := utf8.DecodeRuneInString(name[at:]); at+size < len(name) {
				return name[:at] + "…"
			}
		}
	}
	return name
}

// unturned replaces the characters that turn round how the text behind them is
// shown: the score behind a name would read 39.0 and be 0.93.
func unturned(r rune) rune {
	if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
		return '·'
	}
	return r
}

// A number is one of those at the top, and what it is.
type number struct {
	Name   string
	Value  float64
	Phrase string
}

// numbers are the twelve of COCO and the two of VOC.
func (d *Detection) numbers() []number {
	c := &d.Mean
	return []number{
		{"AP", c.AP, "average precision, mean of IoU 0.50 to 0.95"},
		{"AP50", c.AP50, "average precision at IoU 0.50"},
		{"AP75", c.AP75, "average precision at IoU 0.75"},
		{"AP small", c.APSmall, "AP of objects below 32² pixels"},
		{"AP medium", c.APMedium, "AP of objects from 32² to 96² pixels"},
		{"AP large", c.APLarge, "AP of objects above 96² pixels"},
		{"AR 1", c.AR1, "average recall, 1 detection per image and class"},
		{"AR 10", c.AR10, "average recall, 10 detections per image and class"},
		{"AR 100", c.AR100, "average recall, 100 detections per image and class"},
		{"AR small", c.ARSmall, "AR 100 of objects below 32² pixels"},
		{"AR medium", c.ARMedium, "AR 100 of objects from 32² to 96² pixels"},
		{"AR large", c.ARLarge, "AR 100 of objects above 96² pixels"},
		{"VOC 2007", d.VOC2007, "mean AP at IoU 0.50, eleven recalls"},
		{"VOC 2010", d.VOC2010, "mean AP at IoU 0.50, area below the curve"},
	}
}

// numbers are the accuracies.
func (c *Classification) numbers() []number {
	return []number{
		{"Top-1", c.Top1, "images whose class had the highest score"},
		{"Top-5", c.Top5, "images whose class was among the five highest scores"},
	}
}

// show writes a number as COCO does, and a dash where nothing was measured.
func show(v float64) string {
	if v < 0 {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

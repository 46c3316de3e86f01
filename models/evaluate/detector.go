package evaluate

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"

	"datum/dataset"
	"datum/internal/evalreport"
	"datum/internal/imagesize"
	"datum/metrics"
	"datum/models/predict"
)

// Detector collects what a detector found, and what there was to find.
type Detector struct {
	Accumulator *metrics.Accumulator
	mapping     *Mapping
	categories  *dataset.Categories
	options     metrics.Options
	ignored     int
	unlabelled  int
	worst       *evalreport.Worst // nil where nobody wants to see them
}

// NewDetector returns a collection for a dataset of these categories.
func NewDetector(m *Mapping, c *dataset.Categories, o metrics.Options) *Detector {
	return &Detector{Accumulator: metrics.NewAccumulator(c.Len(), o), mapping: m, categories: c, options: o}
}

// KeepWorst keeps the pictures with most mistakes, at most so many. Their files
// are read once more for that.
func (d *Detector) KeepWorst(most int) { d.worst = evalreport.NewWorst(most) }

// Worst returns the pictures that were kept.
func (d *Detector) Worst() []evalreport.Picture {
	if d.worst == nil {
		return nil
	}
	return d.worst.Pictures()
}

// Names returns the names of the categories.
func (d *Detector) Names() []string { return names(d.categories) }

// Add takes the result of one picture.
func (d *Detector) Add(r *predict.Result) error {
	truths, err := Truths(&r.Item)
	if err != nil {
		return fmt.Errorf("item %s of %s: %w", r.Item.ID, r.Item.Subset, err)
	}
	d.unlabelled += unlabelled(&r.Item)
	found, err := d.found(r)
	if err != nil {
		return err
	}
	if err := d.Accumulator.Add(truths, found); err != nil {
		return fmt.Errorf("item %s of %s: %w", r.Item.ID, r.Item.Subset, err)
	}
	if d.worst == nil {
		return nil
	}
	mistakes := evalreport.Mistakes(d.options, truths, found)
	return d.worst.Add(d.Accumulator.Images(), mistakes, func() (evalreport.Picture, error) {
		p := evalreport.Draw(d.options, d.Names(), truths, found)
		err := show(&p, r)
		return p, err
	})
}

// show puts the picture itself into p.
func show(p *evalreport.Picture, r *predict.Result) error {
	p.Name, p.Width, p.Height = r.Item.Subset+"/"+r.Item.ID, r.Width, r.Height
	in, err := r.Item.Media.Main().Open()
	if err != nil {
		return err
	}
	defer in.Close()
	if p.Data, err = io.ReadAll(in); err != nil {
		return err
	}
	size, err := imagesize.Read(bytes.NewReader(p.Data))
	if err != nil {
		return nil //nolint:nilerr // it was decoded, so the boxes are drawn at least
	}
	// The picture was turned unless it kept the shape that it is stored in.
	p.Upright = !size.Turned || r.Width != size.Width || r.Height != size.Height || size.Width == size.Height
	return nil
}

// found returns the detections in categories of the dataset.
func (d *Detector) found(r *predict.Result) ([]metrics.Detection, error) {
	list := make([]metrics.Detection, 0, len(r.Detections))
	for _, f := range r.Detections {
		label, ok, err := d.mapping.Category(f.Class)
		if err != nil {
			return nil, err
		}
		if !ok {
			d.ignored++
			continue
		}
		list = append(list, metrics.Detection{Category: int(label), Box: metrics.Box{X: f.X, Y: f.Y, W: f.W, H: f.H}, Score: f.Score})
	}
	return list, nil
}

// DetectionReport is how good a detector is. Numbers are -1 where there was
// nothing to measure.
type DetectionReport struct {
	Images     int `json:"images"`
	Truths     int `json:"truths"`
	Detections int `json:"detections"`
	// Ignored are detections of classes that the dataset has no category for.
	Ignored int `json:"ignored_detections"`
	// Unlabelled are boxes, outlines and masks that have no label, which were left
	// out: what is found there counts as a mistake.
	Unlabelled int               `json:"unlabelled_objects"`
	COCO       COCONumbers       `json:"coco"`
	VOC2007    float64           `json:"voc2007_map"`
	VOC2010    float64           `json:"voc2010_map"`
	Categories []CategoryReport  `json:"categories"`
	Confusion  []ConfusionReport `json:"confusion"`
}

// COCONumbers are the twelve numbers of COCO by the names that they have in its
// results.
type COCONumbers struct {
	AP       float64 `json:"AP"`
	AP50     float64 `json:"AP50"`
	AP75     float64 `json:"AP75"`
	APSmall  float64 `json:"APsmall"`
	APMedium float64 `json:"APmedium"`
	APLarge  float64 `json:"APlarge"`
	AR1      float64 `json:"AR1"`
	AR10     float64 `json:"AR10"`
	AR100    float64 `json:"AR100"`
	ARSmall  float64 `json:"ARsmall"`
	ARMedium float64 `json:"ARmedium"`
	ARLarge  float64 `json:"ARlarge"`
}

// CategoryReport is what was found of one category.
type CategoryReport struct {
	Name       string  `json:"name"`
	Images     int     `json:"images"`
	Truths     int     `json:"truths"`
	Detections int     `json:"detections"`
	AP         float64 `json:"AP"`
	AP50       float64 `json:"AP50"`
	AP75       float64 `json:"AP75"`
	AR100      float64 `json:"AR100"`
	VOC2007    float64 `json:"voc2007_ap"`
	VOC2010    float64 `json:"voc2010_ap"`
	// BestF1 is the best balance of precision and recall at an overlap of 0.5,
	// and Score the score from which on it is had.
	BestF1 float64 `json:"best_f1"`
	Score  float64 `json:"best_f1_score"`
}

// ConfusionReport says how often one category was taken for another. An empty
// name is the background.
type ConfusionReport struct {
	Truth     string `json:"truth"`
	Predicted string `json:"predicted"`
	Count     int    `json:"count"`
}

// Report computes the numbers.
func (d *Detector) Report() *DetectionReport {
	mean, each := d.Accumulator.COCO()
	voc7, voc10 := d.Accumulator.VOC2007(), d.Accumulator.VOC2010()
	r := &DetectionReport{
		Images: d.Accumulator.Images(), Ignored: d.ignored, Unlabelled: d.unlabelled, COCO: COCONumbers(mean), VOC2007: voc7.Mean, VOC2010: voc10.Mean,
		Confusion: confusion(d.Accumulator.Confusion(), d.categories.Name),
	}
	_, curves := d.Accumulator.Curves(0, metrics.All)
	for i, n := range d.Accumulator.Counts() {
		r.Truths += n.Truths
		r.Detections += n.Detections
		c := CategoryReport{
			Name: d.categories.Name(int32(i)), Images: n.Images, Truths: n.Truths, Detections: n.Detections,
			AP: each[i].AP, AP50: each[i].AP50, AP75: each[i].AP75, AR100: each[i].AR100, VOC2007: voc7.Categories[i], VOC2010: voc10.Categories[i],
			BestF1: -1,
		}
		if n.Truths > 0 {
			c.BestF1, c.Score = curves[i].BestF1()
		}
		r.Categories = append(r.Categories, c)
	}
	return r
}

// confusion lists the cells that are not zero, the mistakes first, the most
// frequent before others.
func confusion(m *metrics.Confusion, name func(int32) string) []ConfusionReport {
	cells := m.Cells()
	slices.SortStableFunc(cells, func(a, b metrics.Cell) int { return cmp.Compare(b.Count, a.Count) })
	list := make([]ConfusionReport, len(cells))
	for i, cell := range cells {
		list[i] = ConfusionReport{name(int32(cell.Truth)), name(int32(cell.Predicted)), cell.Count}
	}
	return list
}

package evaluate

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// shownCells is how many mistakes are printed.
const shownCells = 10

// Text prints the report for people: the twelve numbers as COCO's evaluation
// prints them, a table of categories, and the most frequent mistakes.
func (r *DetectionReport) Text(w io.Writer) {
	fmt.Fprintf(w, "%d images, %d objects, %d detections", r.Images, r.Truths, r.Detections)
	if r.Ignored > 0 {
		fmt.Fprintf(w, ", and %d of classes that are no category", r.Ignored)
	}
	fmt.Fprint(w, "\n\n")
	c := &r.COCO
	for _, line := range []struct {
		kind, overlap, area string
		most                int
		value               float64
	}{
		{"Precision  (AP)", "0.50:0.95", "all", 100, c.AP},
		{"Precision  (AP)", "0.50     ", "all", 100, c.AP50},
		{"Precision  (AP)", "0.75     ", "all", 100, c.AP75},
		{"Precision  (AP)", "0.50:0.95", "small", 100, c.APSmall},
		{"Precision  (AP)", "0.50:0.95", "medium", 100, c.APMedium},
		{"Precision  (AP)", "0.50:0.95", "large", 100, c.APLarge},
		{"Recall     (AR)", "0.50:0.95", "all", 1, c.AR1},
		{"Recall     (AR)", "0.50:0.95", "all", 10, c.AR10},
		{"Recall     (AR)", "0.50:0.95", "all", 100, c.AR100},
		{"Recall     (AR)", "0.50:0.95", "small", 100, c.ARSmall},
		{"Recall     (AR)", "0.50:0.95", "medium", 100, c.ARMedium},
		{"Recall     (AR)", "0.50:0.95", "large", 100, c.ARLarge},
	} {
		fmt.Fprintf(w, " Average %s @[ IoU=%s | area=%6s | maxDets=%3d ] = %s\n", line.kind, line.overlap, line.area, line.most, value(line.value))
	}
	fmt.Fprintf(w, " VOC 2007 mAP = %s, VOC 2010 mAP = %s\n\n", value(r.VOC2007), value(r.VOC2010))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "objects\tdetections\tAP\tAP50\tAP75\tAR100\tVOC2010\tbest F1\tat score\t  category")
	for _, k := range r.Categories {
		if k.Truths+k.Detections > 0 {
			fmt.Fprintf(t, "%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t  %s\n", k.Truths, k.Detections, value(k.AP), value(k.AP50), value(k.AP75), value(k.AR100), value(k.VOC2010), value(k.BestF1), value(k.Score), k.Name)
		}
	}
	t.Flush()
	mistakes(w, r.Confusion)
}

// value prints a number between 0 and 1, or a dash for one that was not
// measured.
func value(v float64) string {
	if v < 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", v)
}

// mistakes prints the most frequent ones, of those that are most frequent
// already.
func mistakes(w io.Writer, cells []ConfusionReport) {
	shown := 0
	for _, c := range cells {
		if c.Truth == c.Predicted {
			continue
		}
		if shown == 0 {
			fmt.Fprintln(w, "\nmost frequent mistakes")
		}
		switch {
		case c.Truth == "":
			fmt.Fprintf(w, "%8d  %s where there is none\n", c.Count, c.Predicted)
		case c.Predicted == "":
			fmt.Fprintf(w, "%8d  %s not found\n", c.Count, c.Truth)
		default:
			fmt.Fprintf(w, "%8d  %s taken for %s\n", c.Count, c.Truth, c.Predicted)
		}
		if shown++; shown == shownCells {
			return
		}
	}
}

// Text prints the report for people.
func (r *ClassificationReport) Text(w io.Writer) {
	fmt.Fprintf(w, "%d images: top-1 %s, top-5 %s\n", r.Images, value(r.Top1), value(r.Top5))
	if r.Unlabelled > 0 {
		fmt.Fprintf(w, "%d images without a label were left out\n", r.Unlabelled)
	}
	if r.Multiple > 0 {
		fmt.Fprintf(w, "%d images of several labels were left out\n", r.Multiple)
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "images\tpredicted\ttop-1\ttop-5\tprecision\t  category")
	for _, k := range r.Categories {
		if k.Images+k.Predicted > 0 {
			fmt.Fprintf(t, "%d\t%d\t%s\t%s\t%s\t  %s\n", k.Images, k.Predicted, value(k.Top1), value(k.Top5), value(k.Precision), k.Name)
		}
	}
	t.Flush()
	mistakes(w, r.Confusion)
}

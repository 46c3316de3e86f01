package evalreport

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"datum/metrics"
)

func text(t *testing.T, r *Report, most int) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteText(&b, r, most); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextOfDetections(t *testing.T) {
	t.Parallel()
	a := metrics.NewAccumulator(3, metrics.Options{})
	box := metrics.Box{X: 10, Y: 10, W: 50, H: 50}
	if err := a.Add([]metrics.Truth{{Box: box, Area: 2500}, {Category: 1, Box: box, Area: 2500}}, []metrics.Detection{{Box: box, Score: 0.9}}); err != nil {
		t.Fatal(err)
	}
	r := &Report{
		Facts: []Fact{{"model", "m.xml"}}, Notes: []string{"one image is left out"},
		Detection: Detected(a, []string{"cat", "\x1b[31mdog", strings.Repeat("long ", 20)}),
	}
	want := `model      m.xml
note: one image is left out

AP          0.500  average precision, mean of IoU 0.50 to 0.95
AP50        0.500  average precision at IoU 0.50
AP75        0.500  average precision at IoU 0.75
AP small        –  AP of objects below 32² pixels
AP medium   0.500  AP of objects from 32² to 96² pixels
AP large        –  AP of objects above 96² pixels
AR 1        0.500  average recall, 1 detection per image and class
AR 10       0.500  average recall, 10 detections per image and class
AR 100      0.500  average recall, 100 detections per image and class
AR small        –  AR 100 of objects below 32² pixels
AR medium   0.500  AR 100 of objects from 32² to 96² pixels
AR large        –  AR 100 of objects above 96² pixels
VOC 2007    0.500  mean AP at IoU 0.50, eleven recalls
VOC 2010    0.500  mean AP at IoU 0.50, area below the curve

class                             images  truths  detections     AP   AP50   AP75  AR 100  VOC 2010
cat                                    1       1           1  1.000  1.000  1.000   1.000     1.000
·[31mdog                               1       1           0  0.000  0.000  0.000   0.000     0.000
long long long long long long l…       0       0           0      –      –      –       –         –
`
	if got := text(t, r, -1); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := text(t, r, 1); !strings.HasSuffix(got, "1.000\n… and 2 more classes\n") {
		t.Errorf("with one class:\n%s", got)
	}
	if got := text(t, r, 0); strings.Contains(got, "class  ") {
		t.Errorf("with no class:\n%s", got)
	}
}

func TestTextOfClassification(t *testing.T) {
	t.Parallel()
	c := metrics.NewClassification(2)
	if err := errors.Join(c.Add(0, []float32{1, 0}), c.Add(1, []float32{1, 0})); err != nil {
		t.Fatal(err)
	}
	want := `Top-1       0.500  images whose class had the highest score
Top-5       1.000  images whose class was among the five highest scores

class  images  predicted  top-1  top-5  precision
cat         1          2  1.000  1.000      0.500
1           1          0  0.000  1.000          –
`
	if got := text(t, &Report{Classification: Classified(c, []string{"cat"})}, 10); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

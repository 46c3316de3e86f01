package learningcurves

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"os"
	"strings"
	"testing"
)

func sample() *Report {
	r := &Report{
		Title: "Training of detection-nano <on shapes>",
		Facts: []Fact{{"dataset", "shapes, encrypted"}, {"steps", "1 250"}},
		Notes: []string{"2 boxes reach out of their pictures"},
		Large: []Figure{{"0.991", "mAP 50", "the best, after epoch 7"}, {"147 s", "CPU", "in all"}},
	}
	var steps, loss, noisy, rate []float64
	for i := range 1250 {
		x := float64(i)
		steps, loss = append(steps, x), append(loss, 4*math.Exp(-x/200)+0.3)
		noisy, rate = append(noisy, 4*math.Exp(-x/200)+0.3+0.2*math.Sin(x*1.7)), append(rate, 2e-3*(1+math.Cos(math.Pi*x/1250))/2)
	}
	noisy[600] = math.NaN()
	r.Charts = []Chart{
		{Title: "Loss", Across: "steps", Lines: []Line{{"training", steps, noisy, true}, {"smoothed", steps, loss, false}}, Marks: []Mark{{900, "best"}}},
		{Title: "Learning rate", Across: "steps", Lines: []Line{{"rate", steps, rate, false}}, Logarithmic: true},
		{Title: "mAP", Across: "epochs", Lines: []Line{{"AP", []float64{1, 2, 3, 4}, []float64{.2, .6, .71, .73}, false}, {"AP50", []float64{1, 2, 3, 4}, []float64{.5, .9, .97, .99}, false}}},
		{Title: "Nothing", Across: "steps", Lines: []Line{{"none", nil, nil, false}}},
		{Title: "One point", Across: "steps", Lines: []Line{{"one", []float64{3}, []float64{7}, false}}},
	}
	return r
}

// The page is well-formed, runs nothing, loads nothing, and has what it was
// given.
func TestWriteHTML(t *testing.T) {
	var b bytes.Buffer
	if err := WriteHTML(&b, sample()); err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("DATUM_WRITE_PAGE"); path != "" {
		if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	page := b.String()
	for _, want := range []string{"detection-nano &lt;on shapes&gt;", "0.991", "Learning rate", "2 boxes reach out", "One point", "best</text>"} {
		if !strings.Contains(page, want) {
			t.Errorf("there is no %q", want)
		}
	}
	for _, bad := range []string{"<script", "http:", "https:", "Nothing", "NaN", "Inf", "ZgotmplZ"} {
		if strings.Contains(page, bad) {
			t.Errorf("there is %q", bad)
		}
	}
	d := xml.NewDecoder(strings.NewReader(page[strings.Index(page, "<main>") : strings.Index(page, "</main>")+len("</main>")]))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// Lines of a grid are at round numbers, and few.
func TestGrid(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		log       bool
		want      string
	}{
		{0, 1, false, "0 0.2 0.4 0.6 0.8 1"}, {0.3, 4.1, false, "0 1 2 3 4 5"}, {2.07, 3.25, false, "2 2.5 3 3.5"}, {0, 1249, false, "0 500 1000 1500"}, {-3, -3, false, "-3.6 -3.4 -3.2 -3 -2.8 -2.6 -2.4"},
		{2e-5, 2e-3, true, "1e-05 0.0001 0.001 0.01"}, {5, 5, true, "1 10"}, {1e-12, 1e12, true, "1e-12 1e-08 0.0001 1 10000 1e+08 1e+12"},
	} {
		a := newAxis(0, 1, c.log)
		a.include(c.low)
		a.include(c.high)
		a.widen(true)
		var got []string
		for _, l := range a.grid(6) {
			got = append(got, l.Text)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%g to %g: %s and not %s", c.low, c.high, s, c.want)
		}
	}
}

// A mark near the right side has its name to its left, where there is room.
func TestMarks(t *testing.T) {
	t.Parallel()
	v, ok := viewChart(&Chart{Lines: []Line{{X: []float64{10, 20}, Y: []float64{1, 2}}}, Marks: []Mark{{1, "early"}, {20, "late"}, {21, "too late"}}})
	if !ok || len(v.Marks) != 2 || v.Marks[0].Anchor != "start" || v.Marks[1].Anchor != "end" || v.Columns[0].Text != "0" {
		t.Errorf("%+v", v)
	}
}

func TestRounded(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0.0747: "0.075", 0.2: "0.200", 2.02e-5: "2.02e-05", 0.00412345: "0.004123", 0: "0", -1.5: "-1.500", 12345.678: "12346"} {
		if got := rounded(v); got != want {
			t.Errorf("%v: %s and not %s", v, got, want)
		}
	}
}

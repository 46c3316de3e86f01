package metrics_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"datum/internal/peertest"
	"datum/metrics"
)

// An image is what a model was asked and answered.
type image struct {
	truths     []metrics.Truth
	detections []metrics.Detection
}

// A set is a number of images, and the number of categories in them.
type set struct {
	categories int
	images     []image
}

// MarshalJSON writes what testdata/evaluate.py reads.
func (s set) MarshalJSON() ([]byte, error) {
	type rows struct {
		Truths     [][]any `json:"truths"`
		Detections [][]any `json:"detections"`
	}
	images := make([]rows, len(s.images))
	for i, m := range s.images {
		images[i] = rows{[][]any{}, [][]any{}}
		for _, t := range m.truths {
			images[i].Truths = append(images[i].Truths, []any{t.Category, t.Box.X, t.Box.Y, t.Box.W, t.Box.H, t.Area, b2i(t.Crowd), b2i(t.Difficult)})
		}
		for _, d := range m.detections {
			images[i].Detections = append(images[i].Detections, []any{d.Category, d.Box.X, d.Box.Y, d.Box.W, d.Box.H, d.Score})
		}
	}
	return json.Marshal(map[string]any{"categories": s.categories, "images": images})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// accumulate adds all images of a set.
func (s set) accumulate(t testing.TB) *metrics.Accumulator {
	t.Helper()
	a := metrics.NewAccumulator(s.categories, metrics.Options{})
	for i, m := range s.images {
		if err := a.Add(m.truths, m.detections); err != nil {
			t.Fatalf("image %d: %v", i, err)
		}
	}
	return a
}

// How sets are generated.
type recipe struct {
	seed                       uint64
	images, categories         int
	truths, detections         int     // at most, per image
	crowds, difficult, empty   float64 // parts
	levels                     int     // of scores; few make ties
	size                       float64 // of the largest objects
	whole                      bool    // coordinates are whole numbers, which makes ties of overlaps
	noTruths, noDetectionsFrom int     // every so many-th category lacks something
}

func (r recipe) make() set {
	rng := rand.New(rand.NewPCG(r.seed, 0))
	number := func(most float64) float64 {
		v := rng.Float64() * most
		if r.whole {
			v = math.Floor(v)
		}
		return v
	}
	s := set{categories: r.categories, images: make([]image, r.images)}
	for i := range s.images {
		if rng.Float64() < r.empty {
			continue
		}
		m := &s.images[i]
		for range rng.IntN(r.truths + 1) {
			c := rng.IntN(r.categories)
			if r.noTruths > 0 && c%r.noTruths == 1 {
				continue
			}
			scale := r.size * math.Pow(rng.Float64(), 2)
			b := metrics.Box{X: number(640), Y: number(480), W: 1 + number(scale), H: 1 + number(scale)}
			m.truths = append(m.truths, metrics.Truth{
				Category: c, Box: b, Area: b.Area() * (0.5 + rng.Float64()/2),
				Crowd: rng.Float64() < r.crowds, Difficult: rng.Float64() < r.difficult,
			})
		}
		for range rng.IntN(r.detections + 1) {
			d := metrics.Detection{Category: rng.IntN(r.categories), Score: float64(rng.IntN(r.levels)) / float64(r.levels)}
			d.Box = metrics.Box{X: number(640), Y: number(480), W: 1 + number(r.size), H: 1 + number(r.size)}
			if len(m.truths) > 0 && rng.Float64() < 0.8 {
				t := m.truths[rng.IntN(len(m.truths))]
				if rng.Float64() < 0.9 {
					d.Category = t.Category
				}
				w, h := t.Box.W*0.3, t.Box.H*0.3
				d.Box = metrics.Box{X: t.Box.X + number(w) - w/2, Y: t.Box.Y + number(h) - h/2, W: t.Box.W + number(w), H: t.Box.H + number(h)}
			}
			if r.noDetectionsFrom > 0 && d.Category%r.noDetectionsFrom == 2 {
				continue
			}
			m.detections = append(m.detections, d)
		}
	}
	return s
}

var recipes = map[string]recipe{
	"many categories":   {seed: 1, images: 120, categories: 90, truths: 30, detections: 80, crowds: .05, difficult: .1, empty: .1, levels: 1 << 30, size: 300, noTruths: 9, noDetectionsFrom: 11},
	"ties and crowds":   {seed: 2, images: 150, categories: 5, truths: 20, detections: 60, crowds: .25, difficult: .2, empty: .3, levels: 5, size: 200, whole: true},
	"tiny":              {seed: 3, images: 200, categories: 8, truths: 15, detections: 40, crowds: .1, difficult: .3, empty: .05, levels: 1 << 30, size: 40},
	"more than 100":     {seed: 4, images: 12, categories: 2, truths: 60, detections: 700, crowds: .1, difficult: .1, levels: 50, size: 150, whole: true},
	"tens of truths":    {seed: 5, images: 10, categories: 1, truths: 4, detections: 9, levels: 3, size: 100, whole: true},
	"nothing in common": {seed: 6, images: 30, categories: 12, truths: 5, detections: 5, crowds: .5, levels: 20, size: 20, noTruths: 2, noDetectionsFrom: 3},
}

// An answer is what testdata/evaluate.py says of a set.
type answer struct {
	Numbers          [12]float64
	Categories       [][12]float64
	Curves, Scores   [][]float64
	VOC2007, VOC2010 []float64
	Seconds          float64
	Kilobytes        int
}

// ask has Python evaluate a set.
func ask(t testing.TB, s set, options ...string) (a answer) {
	t.Helper()
	python := peertest.Python(t, "openvino-2026.4.1")
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "set.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, append(append([]string{"testdata/evaluate.py"}, options...), path)...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	var diagnosis bytes.Buffer
	cmd.Stderr = &diagnosis
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, diagnosis.String())
	}
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// tolerance is what may lie between our numbers and the peer's: the peer sums
// in another order.
const tolerance = 1e-9

// A difference remembers the greatest.
type difference struct {
	t        testing.TB
	greatest float64
	compared int
}

func (d *difference) compare(what string, got, want float64) {
	d.t.Helper()
	d.compared++
	v := math.Abs(got - want)
	d.greatest = max(d.greatest, v)
	if !(v <= tolerance) {
		d.t.Errorf("%s: %v, the peer has %v", what, got, want)
	}
}

// check compares everything of a set with the peer.
func (s set) check(t *testing.T) {
	want := ask(t, s)
	a := s.accumulate(t)
	d := &difference{t: t}
	mean, categories := a.COCO()
	for i, v := range mean.Numbers() {
		d.compare(fmt.Sprintf("number %d", i), v, want.Numbers[i])
	}
	all := d.greatest
	for c := range categories {
		for i, v := range categories[c].Numbers() {
			d.compare(fmt.Sprintf("number %d of category %d", i, c), v, want.Categories[c][i])
		}
	}
	_, curves := a.Curves(0, metrics.All)
	for c := range curves {
		for i := range curves[c].Precision {
			d.compare(fmt.Sprintf("precision of category %d at %d", c, i), curves[c].Precision[i], want.Curves[c][i])
			d.compare(fmt.Sprintf("score of category %d at %d", c, i), curves[c].Score[i], want.Scores[c][i])
		}
	}
	for year, v := range map[string]metrics.VOC{"2007": a.VOC2007(), "2010": a.VOC2010()} {
		w := want.VOC2007
		if year == "2010" {
			w = want.VOC2010
		}
		d.compare("VOC "+year, v.Mean, w[0])
		for c := range v.Categories {
			d.compare(fmt.Sprintf("VOC %s of category %d", year, c), v.Categories[c], w[c+1])
		}
	}
	t.Logf("AP %.4f, VOC %.4f: greatest difference of the twelve %.1g, of %d numbers %.1g", mean.AP, a.VOC2010().Mean, all, d.compared, d.greatest)
}

func TestAgreesWithPycocotools(t *testing.T) {
	for name, r := range recipes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.make().check(t)
		})
	}
}

package evalreport

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"datum/metrics"
)

var animals = []string{"person", "bicycle", "car", "traffic light", "bus", "dog", "horse", "sheep", "potted plant", "dining table", "tv", "sports ball"}

// namesOf returns n names; more than there are animals get numbers.
func namesOf(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = animals[i%len(animals)]
		if i >= len(animals) {
			names[i] += fmt.Sprintf(" %d", i/len(animals))
		}
	}
	return names
}

// sample is what a fair model makes of a few hundred images, and the worst of
// these. The last class has no truths.
func sample(t testing.TB, classes int) *Report {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, uint64(classes)))
	a := metrics.NewAccumulator(classes, metrics.Options{})
	r := &Report{
		Title: "yolo11n.onnx on street, subset val",
		Facts: []Fact{{"model", "yolo11n.onnx"}, {"head", "YOLO v8/v11"}, {"dataset", "street (encrypted)"}, {"subset", "val"}, {"images", "400"}, {"took", "12.3 s, 32.5 images/s"}},
		Notes: []string{"3 images did not decode and are left out; the first is street/0042.jpg."},
	}
	names := namesOf(classes)
	for i := range 400 {
		truths, detections := scene(rng, classes)
		if err := a.Add(truths, detections); err != nil {
			t.Fatal(err)
		}
		if i < 6 {
			r.Pictures = append(r.Pictures, picture(t, fmt.Sprintf("street/%04d.png", i), names, truths, detections))
		}
	}
	r.Detection = Detected(a, names)
	return r
}

// scene makes truths, and detections that are a little off. Some classes are
// harder than others.
func scene(rng *rand.Rand, classes int) (truths []metrics.Truth, detections []metrics.Detection) {
	for range 1 + rng.IntN(8) {
		c := int(float64(max(classes-1, 1)) * math.Pow(rng.Float64(), 1.6))
		size := 20 + 200*math.Pow(rng.Float64(), 2)
		b := metrics.Box{X: rng.Float64() * 440, Y: rng.Float64() * 300, W: size, H: size * (0.6 + rng.Float64())}
		truths = append(truths, metrics.Truth{Category: c, Box: b, Area: b.Area()})
		hard := float64(c*7%classes) / float64(classes)
		if rng.Float64() < 0.5*hard {
			continue
		}
		off := func(v float64) float64 { return rng.NormFloat64() * v * (0.02 + 0.08*hard) }
		d := metrics.Detection{Category: c, Score: min(1, 0.45+0.5*rng.Float64()), Box: metrics.Box{X: b.X + off(b.W), Y: b.Y + off(b.H), W: b.W + off(b.W), H: b.H + off(b.H)}}
		if rng.Float64() < 0.25*hard {
			d.Category = (c + 1) % classes
		}
		detections = append(detections, d)
	}
	for range rng.IntN(4) {
		detections = append(detections, metrics.Detection{
			Category: rng.IntN(classes), Score: rng.Float64() * 0.7,
			Box: metrics.Box{X: rng.Float64() * 500, Y: rng.Float64() * 350, W: 20 + rng.Float64()*100, H: 20 + rng.Float64()*100},
		})
	}
	return truths, detections
}

func picture(t testing.TB, name string, names []string, truths []metrics.Truth, detections []metrics.Detection) Picture {
	t.Helper()
	p := Draw(metrics.Options{}, names, truths, detections)
	p.Name, p.Width, p.Height, p.Data = name, 640, 480, gradient(t, 640, 480)
	return p
}

func gradient(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(60 + 120*y/h), uint8(90 + 60*x/w), 130, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// classified is what a fair classifier makes of a thousand images.
func classified(t testing.TB, classes int) *Report {
	t.Helper()
	rng := rand.New(rand.NewPCG(6, 6))
	c := metrics.NewClassification(classes)
	for range 1000 {
		scores := make([]float32, classes)
		for i := range scores {
			scores[i] = rng.Float32()
		}
		truth := rng.IntN(classes)
		scores[truth] += rng.Float32()
		if err := c.Add(truth, scores); err != nil {
			t.Fatal(err)
		}
	}
	return &Report{Title: "A classifier", Facts: []Fact{{"images", "1000"}}, Classification: Classified(c, namesOf(classes))}
}

// html renders a report, and keeps it for looking at in the folder that
// DATUM_REPORT names.
func html(t testing.TB, name string, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("DATUM_REPORT"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

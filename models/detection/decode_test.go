package detection_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"datum/internal/peertest"
	"datum/models/detection"
)

// testCase is what testdata/decode.py writes.
type testCase struct {
	Name, Head    string
	Outputs       []testOutput
	Size, Source  [2]int
	Scale, Offset [2]float64
	Threshold     float64
	Multi         bool
	Want          []testBox
}

type testOutput struct {
	Names []string
	Shape []int
	File  string
}

type testBox struct {
	Class  int
	Score  float64
	Box    [4]float64
	Points []float64
}

// cases runs the script and returns what it made, in the folder dir.
func cases(t *testing.T) (dir string, list []testCase) {
	t.Helper()
	dir = t.TempDir()
	cmd := exec.CommandContext(t.Context(), peertest.Python(t, "openvino-2026.4.1"), filepath.Join("testdata", "decode.py"), dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	return dir, list
}

// outputs reads the outputs of a case.
func (c *testCase) outputs(t *testing.T, dir string) (ports []detection.Port, list []detection.Output) {
	t.Helper()
	for _, o := range c.Outputs {
		b, err := os.ReadFile(filepath.Join(dir, o.File))
		if err != nil {
			t.Fatal(err)
		}
		data := make([]float32, len(b)/4)
		for i := range data {
			data[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		ports = append(ports, detection.Port{Names: o.Names, Shape: o.Shape})
		list = append(list, detection.Output{Name: o.Names[0], Shape: o.Shape, Data: data})
	}
	return ports, list
}

func (c *testCase) geometry() detection.Geometry {
	return detection.Geometry{
		InputWidth: c.Size[0], InputHeight: c.Size[1], Width: c.Source[0], Height: c.Source[1],
		ScaleX: c.Scale[0], ScaleY: c.Scale[1], OffsetX: c.Offset[0], OffsetY: c.Offset[1],
	}
}

// largest returns the largest difference of two lists of equal length, 0 of
// different ones.
func largest(a, b []float64) (d float64) {
	for i := range min(len(a), len(b)) {
		d = max(d, math.Abs(a[i]-b[i]))
	}
	return d
}

// check decodes a case and compares it with what numpy made of it. It returns
// the largest difference.
func (c *testCase) check(t *testing.T, dir string) float64 {
	ports, outputs := c.outputs(t, dir)
	h, err := detection.Recognise(ports)
	if err != nil {
		t.Fatal(err)
	}
	if h.Name() != c.Head {
		t.Fatalf("it was taken for %s", h.Name())
	}
	if _, err := detection.Named(c.Head, ports); err != nil {
		t.Fatal(err)
	}
	got, err := h.Decode(outputs, c.geometry(), detection.Options{Score: c.Threshold, MultiLabel: c.Multi})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(c.Want) {
		t.Fatalf("%d boxes, numpy found %d", len(got), len(c.Want))
	}
	var worst float64
	for i, d := range got {
		// Among equal scores the order is free.
		at := slices.IndexFunc(c.Want, func(w testBox) bool {
			return w.Class == d.Class && largest([]float64{d.Score, d.X, d.Y, d.W, d.H}, append([]float64{w.Score}, w.Box[:]...)) < 1e-3
		})
		if at < 0 {
			t.Fatalf("box %d: %+v was not found by numpy, which has %+v there", i, d, c.Want[i])
		}
		w := c.Want[at]
		if len(w.Points) != len(d.Points) {
			t.Fatalf("box %d: %d numbers of points", i, len(d.Points))
		}
		worst = max(worst, largest([]float64{d.Score, d.X, d.Y, d.W, d.H}, append([]float64{w.Score}, w.Box[:]...)), largest(d.Points, w.Points))
	}
	return worst
}

// Every family of outputs is recognised and decoded as numpy decodes it. What
// trained models put out for photographs is compared in package predict.
func TestDecodeAsNumpy(t *testing.T) {
	dir, list := cases(t)
	if len(list) < 17 {
		t.Fatalf("only %d cases", len(list))
	}
	for _, c := range list {
		t.Run(c.Name, func(t *testing.T) {
			if len(c.Want) == 0 {
				t.Error("numpy found nothing, so nothing is compared")
			}
			if worst := c.check(t, dir); worst > 1e-4 {
				t.Errorf("the largest difference is %g", worst)
			} else {
				t.Logf("%d boxes, the largest difference is %.1e", len(c.Want), worst)
			}
		})
	}
}

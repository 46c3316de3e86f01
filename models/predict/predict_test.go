package predict_test

import (
	"encoding/json"
	"iter"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"datum"
	"datum/dataset"
	"datum/internal/openvinotest"
	"datum/internal/peertest"
	"datum/models/detection"
	"datum/models/metadata"
	"datum/models/predict"
	"datum/openvino"
	"datum/train/loader"
)

// photos is a dataset of the photographs among the peers.
func photos(t testing.TB, names ...string) *datum.Dataset {
	t.Helper()
	var items []dataset.Item
	for _, name := range names {
		file := dataset.File{Name: name, Source: dataset.LocalFile(openvinotest.Model(t, name))}
		items = append(items, dataset.Item{ID: name, Subset: "default", Media: &dataset.Image{File: file}})
	}
	return datum.New(&dataset.Info{Subsets: []dataset.Subset{{Name: "default", Items: len(items)}}}, items)
}

// open makes a model of a file ready.
func open(t testing.TB, path string, o predict.Options) *predict.Predictor {
	t.Helper()
	core := openvinotest.Core(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m *openvino.Model
	if filepath.Ext(path) == ".pb" {
		m, err = core.ReadFrozen(text)
	} else {
		m, err = core.ReadFile(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	p, err := predict.New(core, m, metadata.Parse(text), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// given is a picture for the script, which runs a model on it in Python.
type given struct {
	Name   string           `json:"name"`
	Kind   string           `json:"kind"`
	Model  string           `json:"model"`
	Pixels string           `json:"pixels"`
	Size   [2]int           `json:"size"`
	Source [2]int           `json:"source"`
	Resize detection.Resize `json:"resize"`
	found  []detection.Detection
}

// keep writes the pixels of samples that pass by, as the model gets them.
func keep(t *testing.T, dir string, list *[]given, about given, samples iter.Seq2[*loader.Sample, error]) iter.Seq2[*loader.Sample, error] {
	return func(yield func(*loader.Sample, error) bool) {
		for s, err := range samples {
			if err != nil {
				t.Error(err)
				return
			}
			g := about
			g.Name, g.Pixels = about.Kind+" "+s.Item.ID, about.Kind+"-"+s.Item.ID
			g.Size, g.Source = [2]int{s.Width, s.Height}, [2]int{s.SourceWidth, s.SourceHeight}
			pixels := slices.Clone(s.Pixels)
			if about.Resize == detection.LetterboxCorner {
				pixels = inCorner(s)
			}
			if err := os.WriteFile(filepath.Join(dir, g.Pixels), pixels, 0o666); err != nil {
				t.Error(err)
			}
			*list = append(*list, g)
			if !yield(s, nil) {
				return
			}
		}
	}
}

// inCorner moves a picture on black from the middle to the corner.
func inCorner(s *loader.Sample) []byte {
	out := make([]byte, len(s.Pixels))
	x, y := int(s.OffsetX), int(s.OffsetY)
	for row := range s.Height - y {
		copy(out[row*s.Width*3:(row+1)*s.Width*3-3*x], s.Pixels[((row+y)*s.Width+x)*3:])
	}
	return out
}

// What trained models find in photographs is what Python OpenVINO finds with the
// same pixels, and numpy in what that puts out.
func TestAsPythonOpenVINO(t *testing.T) {
	dir := t.TempDir()
	var all []given
	for _, about := range []given{
		{Kind: "ssd", Model: openvinotest.Model(t, "ssd_mobilenet_v2_coco.pb"), Resize: "stretch"},
		{Kind: "yolo11n.onnx", Model: openvinotest.Model(t, "yolo11n.onnx"), Resize: detection.Letterbox},
		{Kind: "yunet.onnx", Model: openvinotest.Model(t, "yunet.onnx"), Resize: detection.LetterboxCorner},
		{Kind: "picodet_layout.onnx", Model: openvinotest.Model(t, "picodet_layout.onnx"), Resize: detection.Stretch},
	} {
		score := map[string]float64{"yolo11n.onnx": 0.001, "yunet.onnx": 0.5, "picodet_layout.onnx": 0.1, "ssd": 0.25}[about.Kind]
		p := open(t, about.Model, predict.Options{Score: score, MultiLabel: true})
		samples := loader.Samples(t.Context(), photos(t, "bus.jpg", "zidane.jpg"), p.Loading(loader.Options{}))
		at := len(all)
		for r, err := range p.Run(t.Context(), keep(t, dir, &all, about, samples)) {
			if err != nil {
				t.Fatal(err)
			}
			all[at].found = r.Detections
			at++
		}
	}
	if len(all) != 8 {
		t.Fatalf("%d results", len(all))
	}
	compare(t, dir, all)
}

// compare runs the script and compares what it found.
func compare(t *testing.T, dir string, all []given) {
	t.Helper()
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "given.json"), text, 0o666); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(peertest.Root(t), "models", "detection", "testdata", "decode.py")
	cmd := exec.CommandContext(t.Context(), peertest.Python(t, openvinotest.Peer), script, dir, "given")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var theirs []struct {
		Name string
		Want []struct {
			Class  int
			Score  float64
			Box    [4]float64
			Points []float64
		}
	}
	if text, err = os.ReadFile(filepath.Join(dir, "cases.json")); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &theirs); err != nil {
		t.Fatal(err)
	}
	for i, c := range theirs {
		if c.Name != all[i].Name || len(c.Want) != len(all[i].found) || len(c.Want) == 0 {
			t.Errorf("%s: Python found %d, we %d", c.Name, len(c.Want), len(all[i].found))
			continue
		}
		worst := 0.0
		for _, w := range c.Want {
			nearest := math.Inf(1)
			for _, d := range all[i].found {
				if d.Class == w.Class {
					nearest = min(nearest, max(math.Abs(d.Score-w.Score), math.Abs(d.X-w.Box[0]), math.Abs(d.Y-w.Box[1]), math.Abs(d.W-w.Box[2]), math.Abs(d.H-w.Box[3])))
				}
			}
			worst = max(worst, nearest)
		}
		t.Logf("%s: %d boxes, the largest difference is %.1e", c.Name, len(c.Want), worst)
		if worst > 1e-4 {
			t.Errorf("%s: the largest difference is %g", c.Name, worst)
		}
	}
}

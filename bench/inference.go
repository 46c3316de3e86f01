package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// model is a pretrained detector that the peers' folder has, and what datum
// and Python need to be told of it.
type model struct {
	file, name string
	// label is the name of its only class; without one they are COCO's.
	label string
	// rounds are enough for a model this slow, or 0.
	rounds int
}

var (
	yolo11n = model{file: "yolo11n.onnx", name: "yolo11n", rounds: 3}
	yunet   = model{file: "yunet.onnx", name: "yunet", label: "face"}
)

// runtimePeer is the virtual environment that has OpenVINO, OpenCV and
// pycocotools.
const runtimePeer = "openvino-2026.4.1"

// Names of the values of the sides below.
const (
	inferencesPerSecond = "inferences a second"
	meanPrecision       = "AP"
)

const (
	encryptedSide = "datum, encrypted dataset"
	benchmarkApp  = "benchmark_app"
)

// inferenceWorkloads run models. Datum's sides need the peers too: the models
// and the photographs are theirs.
func (s sizes) inferenceWorkloads() []workload {
	var all []workload
	for _, m := range []model{yunet, yolo11n} {
		about := fmt.Sprintf("datum eval of %s on %s photographs of 640 × 480, from JPEG to mAP, float32; what loading the program or its modules takes is part of datum's time and not of Python's", m.file, thousands(s.photos))
		sides := []side{
			m.evaluatedByDatum(ourSide, "photos"), m.evaluatedByDatum(encryptedSide, "encrypted-photos"),
			m.evaluatedByPython("Python, queue of requests, pixels converted in the graph", "--queue"),
			m.evaluatedByPython("Python, one picture after the other, NumPy"),
		}
		for i := range sides {
			sides[i].rounds = m.rounds
		}
		all = append(all, workload{name: "eval-" + m.name, about: about, inputs: []string{"photos", "encrypted-photos"}, sides: sides})
	}
	for _, m := range []model{yunet, yolo11n} {
		about := fmt.Sprintf("%s alone, float32, throughput, %g seconds each", m.file, s.inference)
		all = append(all, workload{name: "benchmark-" + m.name, about: about, apart: true, sides: []side{m.timedByDatum(s.inference), m.timedByPython(s.inference)}})
	}
	return all
}

// datumWithRuntime runs datum with the runtime of the peers and a cache of its
// own in the folder out, and reads its summary.
func (b *bench) datumWithRuntime(ctx context.Context, out string, summary any, args ...string) (usage, error) {
	libraries, err := b.runtime()
	if err != nil {
		return usage{}, err
	}
	all := append([]string{"DATUM_OPENVINO=" + libraries, "XDG_CACHE_HOME=" + out, b.datum, "--json", "--quiet"}, args...)
	u, text, err := measure(ctx, "env", all...)
	if err != nil {
		return u, err
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return u, json.Unmarshal([]byte(lines[len(lines)-1]), summary)
}

// runtime returns a folder with the libraries of the peer's OpenVINO and with
// libturbojpeg, as datum runtime install makes it: the same that Python runs.
func (b *bench) runtime() (string, error) {
	dir := filepath.Join(b.data, "runtime")
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o777)); err != nil {
		return "", err
	}
	for _, pattern := range []string{filepath.Join(runtimePeer, "lib", "python*", "site-packages", "openvino", "libs", "*"), filepath.Join("turbojpeg", "lib*")} {
		found, err := filepath.Glob(filepath.Join(b.peers, pattern))
		if err != nil || len(found) == 0 {
			return "", fmt.Errorf("%s: no %s (%w)", b.peers, pattern, fs.ErrNotExist)
		}
		for _, file := range found {
			if err := os.Symlink(file, filepath.Join(dir, filepath.Base(file))); err != nil {
				return "", err
			}
		}
	}
	return dir, nil
}

func (b *bench) modelFile(name string) string { return filepath.Join(b.peers, "models", name) }

// labelFile returns a file with the names of the model's classes.
func (m model) labelFile(b *bench) (string, error) {
	if m.label == "" {
		return b.modelFile("coco80.txt"), nil
	}
	path := filepath.Join(b.data, m.name+".txt")
	return path, os.WriteFile(path, []byte(m.label+"\n"), 0o666)
}

func (m model) evaluatedByDatum(name, input string) side {
	return side{name: name, peer: true, run: func(ctx context.Context, b *bench, out string, _ bool) (record, error) {
		in, err := b.input(ctx, input)
		if err != nil {
			return record{}, err
		}
		labels, err := m.labelFile(b)
		if err != nil {
			return record{}, err
		}
		args := []string{"eval", "-m", b.modelFile(m.file), "-i", in, "--labels", labels}
		if strings.HasPrefix(input, "encrypted") {
			args = append(args, "--key-file", b.key)
		}
		var said struct {
			Images    int
			Detection struct{ COCO map[string]float64 }
		}
		u, err := b.datumWithRuntime(ctx, out, &said, args...)
		if err != nil {
			return record{}, err
		}
		return b.evaluated(record{usage: u, Items: said.Images, Values: map[string]float64{meanPrecision: said.Detection.COCO["AP"]}})
	}}
}

// evaluated looks whether an evaluation has seen all pictures, and adds how
// many it did a second.
func (b *bench) evaluated(x record) (record, error) {
	if x.Items != b.sizes.photos {
		return x, fmt.Errorf("%d pictures, not %d", x.Items, b.sizes.photos)
	}
	if ap := x.Values[meanPrecision]; math.IsNaN(ap) || ap <= 0 {
		return x, fmt.Errorf("an AP of %v: the model has found nothing", ap)
	}
	x.Values[inferencesPerSecond] = float64(x.Items) / x.Wall
	return x, nil
}

func (m model) evaluatedByPython(name string, args ...string) side {
	return side{name: name, peer: true, ratio: true, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		in, err := b.input(ctx, "photos")
		if err != nil {
			return record{}, err
		}
		labels, err := m.labelFile(b)
		if err != nil {
			return record{}, err
		}
		all := append([]string{"evaluate", m.name, b.modelFile(m.file), in, labels}, args...)
		x, err := b.python(ctx, runtimePeer, b.script("infer.py"), all...)
		if err != nil {
			return x, err
		}
		return b.evaluated(x)
	}}
}

func (m model) timedByDatum(seconds float64) side {
	return side{name: ourSide, peer: true, rounds: 3, run: func(ctx context.Context, b *bench, out string, _ bool) (record, error) {
		var said struct {
			FPS float64 `json:"throughput_fps"`
		}
		u, err := b.datumWithRuntime(ctx, out, &said, "benchmark", "-m", b.modelFile(m.file), "-t", fmt.Sprint(seconds))
		return record{usage: u, Values: map[string]float64{inferencesPerSecond: said.FPS}}, err
	}}
}

func (m model) timedByPython(seconds float64) side {
	return side{name: benchmarkApp, peer: true, rounds: 3, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		return b.python(ctx, runtimePeer, b.script("infer.py"), "benchmark", b.modelFile(m.file), strconv.Itoa(int(math.Ceil(seconds))))
	}}
}

// inferenceTable has what the sides that run models do a second.
func inferenceTable(r *results, chosen []workload) string {
	t := newTable("### Models\n\nInferences a second, the time to load and compile the model included in the evaluations and not in the benchmarks.",
		"workload", "", inferencesPerSecond+":", "datum / this:", "AP:")
	for i := range chosen {
		w := &chosen[i]
		for j := range w.sides {
			runs := r.of(w.name, w.sides[j].name)
			s := valueSpread(runs, inferencesPerSecond)
			if s.n == 0 {
				continue
			}
			ratio, precision := "", ""
			if w.sides[j].name != ourSide {
				ratio = times(ratios(r.of(w.name, ourSide), runs, perSecondOf))
			}
			if ap := valueSpread(runs, meanPrecision); ap.n > 0 {
				precision = fmt.Sprintf("%.6f", ap.median)
			}
			t.row(w.name, w.sides[j].name, figure(s), ratio, precision)
		}
	}
	return t.String()
}

func perSecondOf(x *record) float64 { return x.Values[inferencesPerSecond] }

// inferenceGoals are what was asked for of models.
func inferenceGoals() []goal {
	var all []goal
	between := func(name, what string, wanted float64, over, under string) {
		all = append(all, goal{name, what, true, wanted, " ×",
			func(r *results, w *workload) spread {
				return ratios(r.of(w.name, over), r.of(w.name, under), perSecondOf)
			}})
	}
	for _, m := range []model{yunet, yolo11n} {
		all = append(all, goal{"eval-" + m.name, "wall time, the better of Python's over datum's", true, 1.2, " ×",
			func(r *results, w *workload) spread { return betterPeer(r, w, wallOf) }})
		between("eval-"+m.name, "pictures a second, encrypted over plain", 0.97, encryptedSide, ourSide)
	}
	for _, m := range []model{yunet, yolo11n} {
		between("benchmark-"+m.name, "inferences a second, datum's over benchmark_app's", 0.9, ourSide, benchmarkApp)
	}
	return all
}

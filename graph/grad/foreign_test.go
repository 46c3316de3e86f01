package grad_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"datum/graph"
	"datum/graph/grad"
	"datum/internal/openvinotest"
	"datum/internal/peertest"
)

// saved reads a model that others saved.
func saved(t *testing.T, path string) *graph.Model {
	t.Helper()
	var files [2][]byte
	for i, name := range []string{path + ".xml", path + ".bin"} {
		var err error
		if files[i], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	m, err := graph.Parse(files[0], files[1])
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bytesOf are the bytes of a constant.
func bytesOf(t *testing.T, o output) []byte {
	t.Helper()
	data, err := o.Data()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// asTensor is what a script printed as something that goes in.
func (d printed) asTensor(name string) tensor {
	return tensor{Name: name, Shape: d.Shape, Real: true, Data: d.Data, floats: floats(d.Data)}
}

type printed struct {
	Shape graph.Shape
	Data  []byte
}

// A converted network is what PyTorch says of it.
type converted struct {
	Input, Gradient   printed
	Outputs, Upstream []printed
	Weights           []struct {
		Name            string
		Value, Gradient printed
	}
}

// TestConverted differentiates a network that was made in PyTorch and converted
// by OpenVINO by all of its weights, and compares with PyTorch.
func TestConverted(t *testing.T) {
	loadPlugin(t)
	peertest.RequireTorch(t)
	packages, _ := filepath.Glob(filepath.Join(peertest.Dir(t, peertest.Torch), "lib", "python3.*", "site-packages"))
	if len(packages) != 1 {
		t.Fatalf("PyTorch has %d folders of packages", len(packages))
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), peertest.Python(t, openvinotest.Peer), filepath.Join("testdata", "python", "network.py"), packages[0], dir)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8", "OPENVINO_TELEMETRY=0")
	var out, diagnosis bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diagnosis
	if err := cmd.Run(); err != nil {
		text := diagnosis.String()
		t.Fatalf("%v\n%s", err, text[max(0, len(text)-3000):])
	}
	var want converted
	if err := json.Unmarshal(out.Bytes(), &want); err != nil {
		t.Fatal(err)
	}
	m := saved(t, filepath.Join(dir, "network"))
	b := m.Edit()
	p := &problem{sample: sample{name: "converted"}, model: m, in: []tensor{want.Input.asTensor("x")}, outputs: len(want.Outputs)}
	wrt := []output{m.Parameters()[0].Output(0)}
	for _, n := range m.Nodes() {
		if o := n.Output(0); n.Type == "Const" && o.Element == graph.F32 && len(bytesOf(t, o)) > 4 && !o.Consumers()[0].Node().Is("Interpolate") {
			wrt = append(wrt, o)
		}
	}
	var y, upstream []output
	for i, r := range m.Results() {
		y = append(y, r.Source(0))
		u := want.Upstream[i].asTensor(fmt.Sprint("upstream", i))
		p.upstream, upstream = append(p.upstream, u), append(upstream, b.ParameterOf(u.Name, graph.F32, u.Shape))
	}
	gradients, err := grad.AddFrom(b, y, upstream, wrt)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range gradients {
		b.Result(g, fmt.Sprint("gradient", i))
	}
	if err := b.Err(); err != nil {
		t.Fatal(err)
	}
	got := newRunner(t, p).run()
	worst := 0.0
	check := func(what string, a []float32, w printed) {
		d := furthest(a, floats(w.Data))
		worst = max(worst, d)
		if !(d <= closeToTorch) {
			t.Errorf("%s differs by %g", what, d)
		}
	}
	for i, w := range want.Outputs {
		check(fmt.Sprint("output ", i), got[i], w)
	}
	check("the gradient by the input", got[p.outputs], want.Gradient)
	for i, o := range wrt[1:] {
		found := false
		for _, w := range want.Weights {
			if furthest(floats(bytesOf(t, o)), floats(w.Value.Data)) < 1e-6 {
				found = true
				check("the gradient by "+w.Name, got[p.outputs+1+i], w.Gradient)
			}
		}
		if !found {
			t.Errorf("PyTorch has no weights like %s", o)
		}
	}
	t.Logf("%d weights, worst relative error %.2g", len(wrt)-1, worst)
}

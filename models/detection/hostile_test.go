package detection

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"testing"
)

// heads are one model of each family: its outputs for an input of 64 x 64, in
// which everything is zero.
var heads = map[string][]Port{
	"ssd":       {port("o", 1, 1, 8, 7)},
	"tfod":      {port("detection_boxes", 1, 8, 4), port("detection_classes", 1, 8), port("detection_scores", 1, 8), port("num_detections", 1)},
	"boxes":     {port("boxes", 8, 5), port("labels", 8)},
	"yolov5":    {port("o", 1, 252, 8)},
	"yolov8":    {port("o", 1, 7, 84)},
	"yolo-e2e":  {port("o", 1, 8, 6)},
	"detr":      {port("logits", 1, 9, 4), port("pred_boxes", 1, 9, 4)},
	"rtdetr":    {port("logits", 1, 300, 3), port("pred_boxes", 1, 300, 4)},
	"centernet": {port("heatmap", 1, 3, 8, 8), port("wh", 1, 2, 8, 8), port("reg", 1, 2, 8, 8)},
	"yunet": {port("cls_8", 1, 64, 1), port("cls_16", 1, 16, 1), port("cls_32", 1, 4, 1), port("obj_8", 1, 64, 1), port("obj_16", 1, 16, 1), port("obj_32", 1, 4, 1),
		port("bbox_8", 1, 64, 4), port("bbox_16", 1, 16, 4), port("bbox_32", 1, 4, 4), port("kps_8", 1, 64, 10), port("kps_16", 1, 16, 10), port("kps_32", 1, 4, 10)},
	"picodet": {port("a", 1, 64, 3), port("b", 1, 16, 3), port("c", 1, 64, 32), port("d", 1, 16, 32)},
}

// zeros are outputs of the ports' shapes.
func zeros(ports []Port) []Output {
	var list []Output
	for _, p := range ports {
		n := 1
		for _, d := range p.Shape {
			n *= d
		}
		list = append(list, Output{p.Names[0], slices.Clone(p.Shape), make([]float32, n)})
	}
	return list
}

func small() Geometry { return Stretched(100, 50, 64, 64) }

// Outputs full of one value give boxes in the picture or an error, of every
// head.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	for name, ports := range heads {
		h, err := Named(name, ports)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []float64{0, 1, -1, 0.5, 1e30, -1e30, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat32} {
			for _, multi := range []bool{false, true} {
				outputs := zeros(ports)
				for _, o := range outputs {
					for i := range o.Data {
						o.Data[i] = float32(v)
					}
				}
				found, err := h.Decode(outputs, small(), Options{Score: 0.1, MultiLabel: multi})
				inside(t, name, found, err)
				if math.IsNaN(v) && name != "ssd" && err == nil && len(found) > 0 {
					t.Errorf("%s found something in what is no number", name)
				}
			}
		}
	}
}

// inside checks what every answer of a head has to be.
func inside(t *testing.T, name string, found []Detection, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, ErrOutput) {
		t.Errorf("%s: %v", name, err)
	}
	if len(found) > 300 {
		t.Errorf("%s: %d boxes", name, len(found))
	}
	for i, d := range found {
		if !(d.X >= 0 && d.Y >= 0 && d.W > 0 && d.H > 0 && d.X+d.W <= 100.0001 && d.Y+d.H <= 50.0001) || d.Class < 0 || !(d.Score > 0.1) {
			t.Fatalf("%s: %+v", name, d)
		}
		if i > 0 && d.Score > found[i-1].Score {
			t.Fatalf("%s: not in the order of the scores", name)
		}
	}
}

// A number that is none is said where it counts.
func TestNotANumber(t *testing.T) {
	t.Parallel()
	nan := float32(math.NaN())
	for _, c := range []struct {
		head   string
		change func(o []Output)
	}{
		{"ssd", func(o []Output) { o[0].Data[2] = nan }},
		{"ssd", func(o []Output) { o[0].Data[2], o[0].Data[3] = 1, nan }},
		{"ssd", func(o []Output) { o[0].Data[2], o[0].Data[1] = 1, nan }},
		{"ssd", func(o []Output) { o[0].Data[2], o[0].Data[1] = 1, 1.5 }},
		{"ssd", func(o []Output) { o[0].Data[2], o[0].Data[1] = 1, -1 }},
		{"ssd", func(o []Output) { o[0].Data[2], o[0].Data[1] = 1, 1e12 }},
		{"tfod", func(o []Output) { o[3].Data[0], o[2].Data[0] = 8, nan }},
		{"boxes", func(o []Output) { o[0].Data[4], o[1].Data[0] = 1, -7 }},
		{"yolov5", func(o []Output) { o[0].Data[4], o[0].Data[5], o[0].Data[0] = 1, 1, nan }},
		{"yolov8", func(o []Output) { o[0].Data[5*84] = nan }},
		{"yolo-e2e", func(o []Output) { o[0].Data[4], o[0].Data[5] = 1, 0.5 }},
		{"detr", func(o []Output) { o[0].Data[0] = nan }},
		{"rtdetr", func(o []Output) { o[1].Data[0] = nan }},
		{"centernet", func(o []Output) { o[0].Data[0], o[1].Data[0] = 1, nan }},
		{"yunet", func(o []Output) { o[0].Data[0], o[3].Data[0], o[9].Data[0] = 1, 1, nan }},
		{"picodet", func(o []Output) { o[0].Data[0], o[2].Data[0] = 1, nan }},
	} {
		outputs := zeros(heads[c.head])
		h, err := Named(c.head, heads[c.head])
		if err != nil {
			t.Fatal(err)
		}
		c.change(outputs)
		if _, err := h.Decode(outputs, small(), Options{Score: 0.1}); !errors.Is(err, ErrOutput) {
			t.Errorf("%s: %v", c.head, err)
		}
	}
}

// Outputs of another shape than the model's, or fewer of them, are an error.
func TestHostileShapes(t *testing.T) {
	t.Parallel()
	for name, ports := range heads {
		h, err := Named(name, ports)
		if err != nil {
			t.Fatal(err)
		}
		for i := range ports {
			if name == "tfod" && i == 3 {
				continue // the count may be left out
			}
			for what, change := range map[string]func(o []Output) []Output{
				"missing":      func(o []Output) []Output { return o[:i] },
				"cut":          func(o []Output) []Output { o[i].Data = o[i].Data[1:]; return o },
				"empty":        func(o []Output) []Output { o[i].Data = nil; return o },
				"flat":         func(o []Output) []Output { o[i].Shape = []int{len(o[i].Data)}; return o },
				"deeper":       func(o []Output) []Output { o[i].Shape = append(o[i].Shape, 1); return o },
				"negative":     func(o []Output) []Output { o[i].Shape[len(o[i].Shape)-2], o[i].Data = -1, nil; return o },
				"far too many": func(o []Output) []Output { o[i].Shape[len(o[i].Shape)-1] = math.MaxInt; return o },
			} {
				if len(ports[i].Shape) == 1 && (what == "flat" || what == "negative") {
					continue
				}
				if _, err := h.Decode(change(zeros(ports)), small(), Options{Score: 0.1}); !errors.Is(err, ErrOutput) {
					t.Errorf("%s, output %d %s: %v", name, i, what, err)
				}
			}
		}
	}
}

// A box that has nothing in the picture is none, and one that sticks out is
// cut.
func TestBoxesAreCut(t *testing.T) {
	t.Parallel()
	o := []Output{{"o", []int{1, 4, 6}, []float32{
		-10, -10, 32, 32, 0.9, 1,
		70, 10, 90, 20, 0.8, 1, // right of it
		20, 20, 10, 30, 0.7, 1, // inside out
		60, 60, 99, 99, 0.6, 2,
	}}}
	got, err := endToEnd{}.Decode(o, small(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].X != 0 || got[0].W != 50 || got[0].H != 25 || got[1].W != 100-got[1].X {
		t.Errorf("%+v", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(uint8(0), []byte{0, 0, 0x80, 0x3f}, uint8(0))
	f.Add(uint8(3), []byte{0, 0, 0xc0, 0x7f}, uint8(1))
	names := Names()
	f.Fuzz(func(t *testing.T, which uint8, data []byte, flags uint8) {
		name := names[int(which)%len(names)]
		h, err := Named(name, heads[name])
		if err != nil {
			t.Fatal(err)
		}
		outputs := zeros(heads[name])
		for at := 0; len(data) >= 4; at++ { // the data over and over would be slow: once, over the outputs in turn
			o := outputs[at%len(outputs)]
			o.Data[at/len(outputs)%len(o.Data)] = math.Float32frombits(binary.LittleEndian.Uint32(data))
			data = data[4:]
		}
		found, err := h.Decode(outputs, small(), Options{Score: 0.1, MultiLabel: flags&1 != 0})
		inside(t, name, found, err)
	})
}

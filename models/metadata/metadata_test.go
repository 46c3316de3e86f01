package metadata

import (
	"encoding/binary"
	"reflect"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// onnx is a model of nothing but properties, with something before them.
func onnx(pairs ...string) []byte {
	var b []byte
	b = protowire.AppendTag(b, 1, protowire.VarintType)
	b = protowire.AppendVarint(b, 8)
	b = protowire.AppendTag(b, 7, protowire.BytesType)
	b = protowire.AppendBytes(b, []byte("the graph"))
	for i := 0; i < len(pairs); i += 2 {
		var p []byte
		for k, text := range pairs[i : i+2] {
			p = protowire.AppendTag(p, protowire.Number(k+1), protowire.BytesType)
			p = protowire.AppendString(p, text)
		}
		b = protowire.AppendTag(b, modelProperties, protowire.BytesType)
		b = protowire.AppendBytes(b, p)
	}
	return b
}

func TestONNX(t *testing.T) {
	t.Parallel()
	m := Parse(onnx("names", `{0: 'person', 1: "farmer's cat", 7: 'it\'s'}`, "imgsz", "[480, 640]", "task", "detect", "other", "thing"))
	want := Metadata{Labels: map[int]string{0: "person", 1: "farmer's cat", 7: "it's"}, Height: 480, Width: 640, Type: "detect", Pad: -1}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("%+v", m)
	}
	m = Parse(onnx("character", "text\ntitle\n"))
	if !reflect.DeepEqual(m.Labels, map[int]string{0: "text", 1: "title"}) {
		t.Errorf("Paddle: %+v", m)
	}
	m = Parse(onnx("model_info labels", "car tree bug", "model_info scale_values", "58.395 57.12 57.375", "model_info reverse_input_channels", "True"))
	if len(m.Labels) != 3 || m.Scale[1] != 57.12 || m.ReverseChannels == nil || !*m.ReverseChannels {
		t.Errorf("OTX: %+v", m)
	}
}

const ir = `<?xml version="1.0"?>
<net name="Model0" version="11">
	<layers>
		<layer id="0" name="x" type="Parameter" version="opset1"><rt_info><attribute name="labels" value="no"/></rt_info></layer>
		<layer id="2" name="boxes" type="Result" version="opset1" output_names="a\,b,detection_boxes:0"></layer>
		<layer id="3" name="labels" type="Result" version="opset1"></layer>
	</layers>
	<edges><edge from-layer="0" from-port="0" to-layer="2" to-port="0" /></edges>
	<rt_info>
		<Runtime_version value="2026.4.1" />
		<conversion_parameters><labels value="no" /></conversion_parameters>
		<model_info>
			<labels value="traffic_light car" />
			<iou_threshold value="0.7" />
			<confidence_threshold value="7" />
			<mean_values value="123.5 1 2" />
			<scale_values value="255" />
			<model_type value="YOLO" />
			<pad_value value="114" />
			<resize_type value="fit_to_window_letterbox" />
			<reverse_input_channels value="YES" />
			<embedded_processing value="False" />
		</model_info>
	</rt_info>
</net>`

func TestIR(t *testing.T) {
	t.Parallel()
	yes := true
	want := Metadata{
		Labels: map[int]string{0: "traffic_light", 1: "car"}, IoU: 0.7, Mean: []float32{123.5, 1, 2}, Scale: []float32{255, 255, 255}, Type: "YOLO",
		Pad: 114, Resize: "fit_to_window_letterbox", ReverseChannels: &yes, OutputNames: [][]string{{"a,b", "detection_boxes:0"}},
	}
	if m := Parse([]byte(ir)); !reflect.DeepEqual(m, want) {
		t.Errorf("%+v", m)
	}
}

func TestNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "<", "<net", "<net><rt_info><model_info>", "\x72", "\xff\xff\xff\xff", string(onnx("names", "{")), string(onnx("names", "{0 'a'}")),
		string(onnx("imgsz", "[640]")), `<net></edges><rt_info><model_info><mean_values value="1 2"/><scale_values value="nan"/></model_info></rt_info></net>`} {
		if m := Parse([]byte(text)); !reflect.DeepEqual(m, Metadata{Pad: -1}) {
			t.Errorf("%q: %+v", text, m)
		}
	}
}

func TestLiteral(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]map[int]string{
		`['a', "b"]`:          {0: "a", 1: "b"},
		`{"0": "a", '2':'b'}`: {0: "a", 2: "b"},
		`{-1: 'a'}`:           nil,
		`{99999999: 'a'}`:     nil,
		`{`:                   nil,
	} {
		if got := literal(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestParseLabels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		labels     map[int]string
		renamed    map[string]string
	}{
		{"names", "\xef\xbb\xbfperson\n\n# a comment\n  traffic light \r\n", map[int]string{0: "person", 1: "traffic light"}, nil},
		{"numbers", "1 person\n3: cat\n17,dog", map[int]string{1: "person", 3: "cat", 17: "dog"}, nil},
		{"a name that begins with a number", "7 up\ncola", map[int]string{0: "7 up", 1: "cola"}, nil},
		{"renamed", "person = pedestrian\n4 = cat", map[int]string{4: "cat"}, map[string]string{"person": "pedestrian"}},
		{"label map", "item {\n  name: \"/m/01\"\n  id: 1\n  display_name: \"person\"\n}\nitem {\n id: 2\n name: 'bicycle'\n}\n", map[int]string{1: "person", 2: "bicycle"}, nil},
		{"YAML", "path: x\nnames:\n  0: person\n  1: cat\n", map[int]string{0: "person", 1: "cat"}, nil},
		{"YAML list", "- person\n- cat\n", map[int]string{0: "person", 1: "cat"}, nil},
		{"JSON", `{"0": "person", "cat": "animal"}`, map[int]string{0: "person"}, map[string]string{"cat": "animal"}},
		{"JSON list", `["person", "cat"]`, map[int]string{0: "person", 1: "cat"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, err := ParseLabels([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if c.renamed == nil {
				c.renamed = map[string]string{}
			}
			if !reflect.DeepEqual(f.Labels, c.labels) || !reflect.DeepEqual(f.Renamed, c.renamed) {
				t.Errorf("%+v", f)
			}
		})
	}
	for _, text := range []string{"", "\n# nothing\n", "= a", "item {\n id: 1\n}", "{", "names: 7", "names:\n  a: b\n  1: c\n  [1]: d"} {
		if f, err := ParseLabels([]byte(text)); err == nil {
			t.Errorf("%q: %+v", text, f)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: the error has several lines: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(ir))
	f.Add(onnx("names", `{0: 'a'}`, "imgsz", "[1, 2]"))
	f.Add(binary.AppendUvarint([]byte{0x72}, 1<<62))
	f.Add(graphOf([]string{"a", "Identity", "b"}, []string{"b", "Identity", "a"}))
	f.Fuzz(func(t *testing.T, model []byte) {
		m := Parse(model)
		if m.Width < 0 || m.Height < 0 || len(m.Mean) != 0 && len(m.Mean) != 3 || slices.ContainsFunc(m.Scale, func(v float32) bool { return v != v }) {
			t.Errorf("%+v", m)
		}
	})
}

func FuzzParseLabels(f *testing.F) {
	f.Add([]byte("1 person\n2 cat"))
	f.Add([]byte("item {\n id: 1\n name: 'a'\n}"))
	f.Add([]byte("names: [a, b]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := ParseLabels(text)
		if err == nil && len(l.Labels)+len(l.Renamed) == 0 {
			t.Error("it has nothing, and no error")
		}
	})
}

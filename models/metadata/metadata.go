// Package metadata reads what a model says about itself: the names of its
// classes, and what it wants of its pictures.
//
// OpenVINO's models have a section model_info in their rt_info, as OpenVINO's
// Model API, OTX, Ultralytics and datum itself write it. ONNX models have
// properties: those of Ultralytics (names, imgsz, task), those of OTX ("model_info
// labels"), and that of Paddle (character).
//
// Nothing of it is believed more than a flag of the command line, and what
// cannot be read is as if it were not there: the runtime will say whether the
// file is a model.
package metadata

import (
	"bytes"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// Metadata is what a model says about itself. What it does not say is zero.
type Metadata struct {
	// Labels are the names of the classes by their numbers.
	Labels map[int]string
	// Type is the model_type of model_info, or the task: "YOLO", "ssd",
	// "Classification", "detect".
	Type string
	// Resize is the resize_type of model_info.
	Resize string
	// Pad is the value around a letterbox, -1 where none is said.
	Pad int
	// Mean and Scale are what is subtracted from each channel, and then what it
	// is divided by.
	Mean, Scale []float32
	// ReverseChannels says that the model wants RGB where pictures are read as
	// BGR, as OpenCV does; nil where nothing is said.
	ReverseChannels *bool
	// Score and IoU are thresholds, 0 where none are said.
	Score, IoU float64
	// Width and Height are the size of the model's picture.
	Width, Height int
	// Embedded says that the graph itself resizes and normalises.
	Embedded bool
	// Training is what a model that datum trained says of that.
	Training []Fact
	// OutputNames has all names of each output; the runtime gives one.
	OutputNames [][]string
}

// A Fact is a name and a value, such as the template of a training.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Parse reads the bytes of a model: OpenVINO's XML, an ONNX file, or a frozen graph
// of TensorFlow, which has the names of outputs only. Of anything else it returns
// nothing.
func Parse(model []byte) Metadata {
	m := Metadata{Pad: -1}
	if start := bytes.TrimLeft(model[:min(len(model), 512)], "\xef\xbb\xbf \t\r\n"); bytes.HasPrefix(start, []byte("<")) {
		m.readIR(model)
	} else if len(model) > 0 && model[0] == graphNode<<3|byte(protowire.BytesType) { // a number in ONNX
		m.readGraph(model)
	} else {
		m.readONNX(model)
	}
	return m
}

// set takes one entry of model_info.
func (m *Metadata) set(name, value string) {
	switch name {
	case "labels":
		m.Labels = spaced(value)
	case "model_type", "task_type":
		if m.Type == "" || name == "model_type" {
			m.Type = value
		}
	case "resize_type":
		m.Resize = value
	case "pad_value":
		m.Pad = number(value, -1)
	case "mean_values":
		m.Mean = floats(value)
	case "scale_values":
		m.Scale = floats(value)
	case "reverse_input_channels":
		if b, ok := truth(value); ok {
			m.ReverseChannels = &b
		}
	case "confidence_threshold":
		m.Score = fraction(value)
	case "iou_threshold":
		m.IoU = fraction(value)
	case "embedded_processing":
		m.Embedded, _ = truth(value)
	case "orig_width":
		m.Width = number(value, 0)
	case "orig_height":
		m.Height = number(value, 0)
	}
}

// spaced reads names with spaces between them, in which an underscore stands
// for a space of the name.
func spaced(value string) map[int]string {
	fields := strings.Fields(value)
	if len(fields) == 0 {
		return nil
	}
	labels := make(map[int]string, len(fields))
	for i, name := range fields {
		labels[i] = name
	}
	return labels
}

func number(value string, otherwise int) int {
	const largest = 1 << 20
	if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n >= 0 && n <= largest {
		return n
	}
	return otherwise
}

func fraction(value string) float64 {
	if f, err := strconv.ParseFloat(value, 64); err == nil && f > 0 && f <= 1 {
		return f
	}
	return 0
}

// floats reads one number, which is for all channels, or three.
func floats(value string) []float32 {
	fields := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" ,[]()\t\n", r) })
	if len(fields) != 1 && len(fields) != 3 {
		return nil
	}
	list := make([]float32, 0, 3)
	for _, f := range fields {
		v, err := strconv.ParseFloat(f, 32)
		if err != nil || v != v || v-v != 0 {
			return nil
		}
		list = append(list, float32(v))
	}
	if len(list) == 1 {
		list = append(list, list[0], list[0])
	}
	return list
}

func truth(value string) (is, ok bool) {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "yes", "true", "1":
		return true, true
	case "no", "false", "0":
		return false, true
	}
	return false, false
}

package detection

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// port is a port of one name.
func port(name string, shape ...int) Port { return Port{Names: []string{name}, Shape: shape} }

func TestRecognise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		outputs []Port
		want    string // empty: nothing
		classes int
	}{
		{"SSD", []Port{port("detection_out", 1, 1, 200, 7)}, "ssd", 0},
		{"SSD, dynamic", []Port{port("detection_out", 1, 1, -1, 7)}, "ssd", 0},
		{"YOLO v5", []Port{port("output", 1, 25200, 85)}, "yolov5", 80},
		{"YOLO v5 of one class", []Port{port("output", 1, 25200, 6)}, "yolov5", 1},
		{"YOLO v5, dynamic", []Port{port("output", -1, -1, 85)}, "yolov5", 80},
		{"YOLO v8", []Port{port("output0", 1, 84, 8400)}, "yolov8", 80},
		{"YOLO v8, dynamic", []Port{port("output0", -1, 84, -1)}, "yolov8", 80},
		{"YOLO v8 of one class", []Port{port("output0", 1, 5, 8400)}, "yolov8", 1},
		{"YOLO v10", []Port{port("output0", 1, 300, 6)}, "yolo-e2e", 0},
		{"YOLO with nms, dynamic", []Port{port("output0", 1, -1, 6)}, "yolo-e2e", 0},
		{"DETR", []Port{port("logits", 1, 100, 92), port("pred_boxes", 1, 100, 4)}, "detr", 91},
		{"RT-DETR", []Port{port("pred_logits", 1, 300, 80), port("pred_boxes", 1, 300, 4)}, "rtdetr", 80},
		{"RT-DETR of Ultralytics", []Port{port("output0", 1, 300, 84)}, "rtdetr", 80},
		{"RT-DETR, boxes first and without names", []Port{port("a", 1, 300, 4), port("b", 1, 300, 7)}, "rtdetr", 7},
		{"OTX", []Port{port("boxes", 1, -1, 5), port("labels", 1, -1)}, "boxes", 0},
		{"torchvision", []Port{port("boxes", -1, 4), port("labels", -1), port("scores", -1)}, "boxes", 0},
		{"MMDetection", []Port{port("dets", 1, 100, 5), port("labels", 1, 100)}, "boxes", 0},
		{"TensorFlow", []Port{port("detection_boxes:0", -1, 100, 4), port("detection_classes:0", -1, 100), port("detection_scores:0", -1, 100)}, "tfod", 0},
		{"TensorFlow in a scope", []Port{port("post/Detection_Boxes", 1, 10, 4), port("post/detection_classes", 1, 10), port("post/detection_scores", 1, 10)}, "tfod", 0},
		{"our own", []Port{port("heatmap", 1, 3, 16, 16), port("boxes", 1, 4, 16, 16)}, "centernet", 3},
		{"our own, of several levels", []Port{port("heatmap", 1, 3, 336), port("boxes", 1, 4, 336)}, "centernet", 3},
		{"our own, dynamic", []Port{port("heatmap", -1, 3, -1), port("boxes", -1, 4, -1)}, "centernet", 3},
		{"our own, and it does not fit", []Port{port("heatmap", 1, 3, 336), port("boxes", 1, 4, 300)}, "", 0},
		{"CenterNet", []Port{port("hm", 1, 80, 128, 128), port("wh", 1, 2, 128, 128), port("reg", 1, 2, 128, 128)}, "centernet", 80},
		{"a classifier", []Port{port("prob", 1, 1000)}, "", 0},
		{"segmentation", []Port{port("output0", 1, 116, 8400), port("output1", 1, 32, 160, 160)}, "", 0},
		{"nothing", nil, "", 0},
		{"heat without boxes", []Port{port("heatmap", 1, 3, 16, 16)}, "", 0},
		{"labels without scores", []Port{port("boxes", -1, 4), port("labels", -1)}, "", 0},
		{"odd outputs", []Port{port("a", 1, 8, 5), port("b", 1, 4, 5), port("c", 1, 8, 30)}, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, err := Recognise(c.outputs)
			if c.want == "" {
				if !errors.Is(err, ErrUnknownHead) {
					t.Errorf("it was taken for %v (%v)", h, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if h.Name() != c.want || h.Traits().Classes != c.classes {
				t.Errorf("it was taken for %s of %d classes", h.Name(), h.Traits().Classes)
			}
		})
	}
}

// What is ambiguous can be said.
func TestNamed(t *testing.T) {
	t.Parallel()
	outputs := []Port{port("output0", 1, 300, 84)}
	for name, ok := range map[string]bool{"rtdetr": true, "yolov5": true, "yolov8": true, "ssd": false, "detr": false, "yunet": false, "none": false} {
		h, err := Named(name, outputs)
		if (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && h.Name() != name {
			t.Errorf("%s became %s", name, h.Name())
		}
		if err != nil && !errors.Is(err, ErrUnknownHead) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h, err := Named("detr", []Port{port("logits", 1, 300, 12), port("pred_boxes", 1, 300, 4)})
	if err != nil || h.Traits().Classes != 11 {
		t.Errorf("DETR of 300 queries: %v, %v", h, err)
	}
	_, err = Named("none", nil)
	if err == nil || !strings.Contains(err.Error(), strings.Join(Names(), ", ")) {
		t.Errorf("the heads are not listed: %v", err)
	}
}

// Each head says what it is called, and can be named so.
func TestNamesAreUnique(t *testing.T) {
	t.Parallel()
	names := Names()
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("%q", names)
	}
}

func TestPortString(t *testing.T) {
	t.Parallel()
	if s := port("boxes", 1, -1, 4).String(); s != "boxes [1,?,4]" {
		t.Error(s)
	}
}

package detection

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnknownHead is wrapped where no head reads a model's outputs.
var ErrUnknownHead = errors.New("no way is known to read boxes from this model")

// family is a head by name, and how to find out whether it reads a model.
type family struct {
	name string
	// match returns nil where the outputs cannot be of this family. Said, it is
	// asked whether they can; otherwise whether they are.
	match func(outputs []Port, said bool) Head
}

// families are asked in this order; the ones that names give away come first.
var families = []family{
	{"yunet", matchYuNet},
	{"tfod", matchTFOD},
	{"centernet", matchCenterNet},
	{"picodet", matchPicoDet},
	{"boxes", matchLabelled},
	{"detr", matchDETR},
	{"rtdetr", matchRTDETR},
	{"ssd", matchSSD},
	{"yolo-e2e", matchEndToEnd},
	{"yolov8", matchYOLOv8},
	{"yolov5", matchYOLOv5},
}

// Names lists the heads there are.
func Names() []string {
	names := make([]string, len(families))
	for i, f := range families {
		names[i] = f.name
	}
	return names
}

// Recognise finds the head of a model by its outputs.
func Recognise(outputs []Port) (Head, error) {
	for _, f := range families {
		if h := f.match(outputs, false); h != nil {
			return h, nil
		}
	}
	return nil, fmt.Errorf("%w: its outputs are %s", ErrUnknownHead, listed(outputs))
}

// Named returns the head called name, if it can read the outputs.
func Named(name string, outputs []Port) (Head, error) {
	for _, f := range families {
		if f.name != name {
			continue
		}
		if h := f.match(outputs, true); h != nil {
			return h, nil
		}
		return nil, fmt.Errorf("%w as %s: its outputs are %s", ErrUnknownHead, name, listed(outputs))
	}
	return nil, fmt.Errorf("%w: %q is none of the heads %s", ErrUnknownHead, name, strings.Join(Names(), ", "))
}

func listed(ports []Port) string {
	const few = 12
	var list []string
	for _, p := range ports[:min(few, len(ports))] {
		list = append(list, p.String())
	}
	if len(ports) > few {
		list = append(list, "...")
	}
	return strings.Join(list, ", ")
}

// find returns the place of the port that has one of the names, -1 where there
// is none.
func find(ports []Port, names ...string) int {
	for i := range ports {
		if ports[i].called(names...) {
			return i
		}
	}
	return -1
}

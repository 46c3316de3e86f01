package network

import (
	"reflect"
	"testing"

	"datum/internal/openvinotest"
	"datum/models/detection"
	"datum/models/metadata"
	"datum/models/predict"
)

// An exported model needs nothing said: what predicts with it takes pictures as the
// training did.
func TestPredictsWithoutFlags(t *testing.T) {
	core := openvinotest.Core(t)
	labels := map[int]string{0: "cat", 1: "traffic_light", 2: "dog"}
	for _, c := range every() {
		t.Run(c.Architecture, func(t *testing.T) {
			n := newNetwork(t, c)
			m, err := n.Export(trained(n), []string{"cat", "traffic light", "dog"})
			if err != nil {
				t.Fatal(err)
			}
			text := m.XML()
			model, err := core.Read(text, m.Weights().Bytes())
			if err != nil {
				t.Fatal(err)
			}
			defer model.Close()
			p, err := predict.New(core, model, metadata.Parse(text), predict.Options{Score: -1, Requests: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			want := detection.Input{Resize: detection.Stretch, Mean: n.kind.mean, Scale: n.kind.scale}
			if p.Input != want || p.Width != c.Width || p.Height != c.Height || string(p.Task) != string(n.Task) || p.Classes != 3 || !reflect.DeepEqual(p.Labels, labels) {
				t.Errorf("it predicts with %+v %d x %d, %s of %d classes %v", p.Input, p.Width, p.Height, p.Task, p.Classes, p.Labels)
			}
		})
	}
}

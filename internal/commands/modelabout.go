package commands

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"datum/models/metadata"
	"datum/models/modelfile"
)

// modelAbout is what a model says of itself.
type modelAbout struct {
	Type     string          `json:"model_type,omitempty"`
	Labels   []string        `json:"labels,omitempty"`
	Resize   string          `json:"resize_type,omitempty"`
	Mean     []float32       `json:"mean,omitempty"`
	Scale    []float32       `json:"scale,omitempty"`
	Training []metadata.Fact `json:"training,omitempty"`
}

// aboutModel reads it, nil where the model says nothing: what was compiled does not.
func aboutModel(ctx context.Context, f *modelfile.File) (*modelAbout, error) {
	if f.Kind != modelfile.IR && f.Kind != modelfile.ONNX {
		return nil, nil
	}
	var text bytes.Buffer
	if err := f.Extract(ctx, &text, 0); err != nil {
		return nil, err
	}
	m := metadata.Parse(text.Bytes())
	a := &modelAbout{Type: m.Type, Resize: m.Resize, Mean: m.Mean, Scale: m.Scale, Training: m.Training}
	for i := range len(m.Labels) {
		a.Labels = append(a.Labels, m.Labels[i])
	}
	return a, nil
}

func (a *modelAbout) text(w io.Writer) {
	if a == nil {
		return
	}
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	if a.Type != "" {
		line("type", "%s", a.Type)
	}
	if len(a.Labels) > 0 {
		line("labels", "%d: %s", len(a.Labels), someOf(a.Labels))
	}
	var how []string
	if a.Resize != "" {
		how = append(how, "resized by "+a.Resize)
	}
	if a.Mean != nil {
		how = append(how, fmt.Sprintf("less %v", a.Mean))
	}
	if a.Scale != nil {
		how = append(how, fmt.Sprintf("over %v", a.Scale))
	}
	if len(how) > 0 {
		line("pictures", "%s", strings.Join(how, ", "))
	}
	for i, f := range a.Training {
		name := ""
		if i == 0 {
			name = "training"
		}
		line(name, "%-10s %s", f.Name, f.Value)
	}
}

package commands

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"datum/models/ctr/bundle"
	"datum/models/metadata"
	"datum/models/modelfile"
	"datum/train/clicks"
)

// modelAbout is what a model says of itself.
type modelAbout struct {
	Type     string          `json:"model_type,omitempty"`
	Labels   []string        `json:"labels,omitempty"`
	Resize   string          `json:"resize_type,omitempty"`
	Mean     []float32       `json:"mean,omitempty"`
	Scale    []float32       `json:"scale,omitempty"`
	Training []metadata.Fact `json:"training,omitempty"`
	Clicks   *clicksAbout    `json:"clicks,omitempty"`
}

// clicksAbout is what a click-through model says of itself.
type clicksAbout struct {
	Network    string          `json:"network"`
	Embedding  int             `json:"embedding"`
	Reference  bool            `json:"reference,omitempty"`
	Protocol   bundle.Protocol `json:"protocol"`
	Training   bundle.Training `json:"training"`
	Pseudonyms bool            `json:"pseudonyms"`
	// Users, Items and Categories are how many it knows by name.
	Users      int `json:"users"`
	Items      int `json:"items"`
	Categories int `json:"categories"`
}

// aboutModel reads it, nil where the model says nothing: what was compiled does not.
func aboutModel(ctx context.Context, f *modelfile.File) (*modelAbout, error) {
	switch f.Kind {
	case modelfile.IR, modelfile.ONNX:
	case modelfile.Clicks:
		m, err := bundle.Open(ctx, f)
		if err != nil {
			return nil, err
		}
		return &modelAbout{Clicks: &clicksAbout{m.Config.Architecture, m.Config.Embedding, m.Config.Reference, m.Protocol, m.Training, m.Pseudonyms,
			m.Users.Len() - 1, m.Items.Len() - 1, m.Categories.Len() - 1}}, nil
	default:
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
	if a.Clicks != nil {
		a.Clicks.text(line)
	}
}

func (c *clicksAbout) text(line func(name, format string, args ...any)) {
	t, p := c.Training, c.Protocol
	line("network", "%s, embeddings of %d%s", c.Network, c.Embedding, where(c.Reference, ", as published"))
	line("knows", "%d users, %d items, %d categories%s", c.Users, c.Items, c.Categories, where(c.Pseudonyms, ", users and items under pseudonyms"))
	switch {
	case p.Name == clicks.Neg:
		line("protocol", "%s, %s of each click, histories of up to %d", p.Name, number(p.Negatives, "negative", "negatives"), p.MaxHistory)
	case p.Positive != "":
		line("protocol", "%s, positive where %s, histories of up to %d", p.Name, p.Positive, p.MaxHistory)
	default:
		line("protocol", "%s, histories of up to %d", p.Name, p.MaxHistory)
	}
	line("training", "%d events, seed %d, epoch %d, %d steps", t.Events, t.Seed, t.Epoch, t.Steps)
	for _, name := range slices.Sorted(maps.Keys(t.Figures)) {
		line("validation", "%-15s%.5g", name, t.Figures[name])
	}
}

// where is a part of a sentence that is not always said.
func where(said bool, part string) string {
	if said {
		return part
	}
	return ""
}

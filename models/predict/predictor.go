package predict

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"datum/formats"
	"datum/models/classification"
	"datum/models/detection"
	"datum/models/metadata"
	"datum/openvino"
	"datum/train/loader"
)

// ErrModel is wrapped where a model is none that can be used here.
var ErrModel = errors.New("this model cannot be used here")

// Predictor is a model that is ready to run.
type Predictor struct {
	// Task, Head and Labels say what the model is: Head is nil for a classifier,
	// and Labels where the names of the classes are not known.
	Task   Task
	Head   detection.Head
	Labels map[int]string
	// Classes is how many classes there are, 0 where that is not known.
	Classes int
	// Input is what pictures are made into, in Width × Height pixels, which are
	// 0 where the model takes any.
	Input         detection.Input
	Width, Height int

	options  Options
	picture  int // the input that takes the picture
	sizes    int // the input that takes its size, -1 where there is none
	names    []string
	changes  string // what was done to the model, for the cache of compiled ones
	compiled *openvino.Compiled
	requests chan *openvino.Request
}

// New makes a model ready; about is what it says of itself. The model is changed
// and may be closed afterwards.
func New(core *openvino.Core, model *openvino.Model, about metadata.Metadata, o Options) (*Predictor, error) {
	p := &Predictor{options: o, Labels: about.Labels, sizes: -1}
	inputs, err := model.Inputs()
	if err != nil {
		return nil, err
	}
	if err := p.findInputs(inputs); err != nil {
		return nil, err
	}
	if inputs, err = p.single(model, inputs); err != nil {
		return nil, err
	}
	outputs, err := model.Outputs()
	if err != nil {
		return nil, err
	}
	if err := p.recognise(outputs, about); err != nil {
		return nil, err
	}
	if err := p.chooseInput(inputs[p.picture].Element, about); err != nil {
		return nil, err
	}
	if err := p.fix(model, inputs, about); err != nil {
		return nil, err
	}
	if err := p.prepare(model, inputs[p.picture], outputs); err != nil {
		return nil, err
	}
	return p, p.compile(core, model)
}

// Close gives the compiled model back, and its requests.
func (p *Predictor) Close() {
	for len(p.requests) > 0 {
		(<-p.requests).Close()
	}
	if p.compiled != nil {
		p.compiled.Close()
	}
}

// recognise finds out what the model's outputs are.
func (p *Predictor) recognise(outputs []openvino.Port, about metadata.Metadata) error {
	for _, o := range outputs {
		p.names = append(p.names, o.Name)
	}
	outs := ports(outputs, about.OutputNames)
	p.Task = p.options.Task
	var err error
	switch {
	case p.options.Head != "":
		p.Head, err = detection.Named(p.options.Head, outs)
	case p.Task != Classification:
		p.Head, err = detection.Recognise(outs)
	}
	if p.Head != nil {
		p.Task, p.Classes = Detection, p.Head.Traits().Classes
		if p.Labels == nil {
			p.Labels = p.Head.Traits().Labels
		}
		if p.options.Score < 0 {
			p.options.Score = p.Head.Traits().Score
		}
		return nil
	}
	if p.Task == Detection || p.options.Head != "" {
		return formats.WithHint(fmt.Errorf("%w: %w", ErrModel, err), "--head says how its outputs are to be read")
	}
	if len(outputs) == 1 {
		var classErr error
		if p.Classes, classErr = classification.Classes(outs[0].Shape); classErr == nil {
			p.Task = Classification
			return nil
		} else if err == nil {
			err = classErr
		}
	}
	if err == nil {
		err = fmt.Errorf("%w: it has %d outputs", classification.ErrNotOne, len(outputs))
	}
	return formats.WithHint(fmt.Errorf("%w: %w", ErrModel, err), "it is no classifier either; --head says how the outputs of a detector are to be read")
}

// ports describes ports for package detection, with all names that are known
// of them.
func ports(list []openvino.Port, names [][]string) []detection.Port {
	out := make([]detection.Port, len(list))
	for i, p := range list {
		out[i] = detection.Port{Names: []string{p.Name}, Shape: shape(p.Shape)}
		for _, all := range names {
			if slices.Contains(all, p.Name) {
				out[i].Names = append(out[i].Names, all...)
				break
			}
		}
	}
	return out
}

// shape returns dimensions, -1 for one that is not known.
func shape(s openvino.PartialShape) []int {
	dims := make([]int, len(s))
	for i, d := range s {
		if dims[i] = -1; d.Static() {
			dims[i] = int(d.Min)
		}
	}
	return dims
}

// compile compiles the model and makes the requests.
func (p *Predictor) compile(core *openvino.Core, model *openvino.Model) (err error) {
	if p.compiled, err = p.options.Compiler.Compile(core, model, p.changes, p.options.Compile); err != nil {
		return err
	}
	n := p.options.Requests
	if n == 0 {
		text, err := p.compiled.Property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
		if err != nil {
			p.Close()
			return err
		}
		const otherwise = 2
		if n, err = strconv.Atoi(text); err != nil || n < 1 {
			n = otherwise
		}
	}
	p.requests = make(chan *openvino.Request, n)
	for range n {
		r, err := p.compiled.NewRequest()
		if err != nil {
			p.Close()
			return err
		}
		p.requests <- r
	}
	return nil
}

// Requests is how many inferences run at a time.
func (p *Predictor) Requests() int { return cap(p.requests) }

// Loading returns the options of a loader with what the model wants of its
// pictures.
func (p *Predictor) Loading(o loader.Options) loader.Options {
	o.Width, o.Height = p.Width, p.Height
	o.Fill = [3]byte{p.Input.Pad, p.Input.Pad, p.Input.Pad}
	switch p.Input.Resize {
	case detection.Keep:
		o.Fit = loader.Original
	case detection.Letterbox, detection.LetterboxCorner:
		o.Fit = loader.Letterbox
	default:
		o.Fit = loader.Stretch
	}
	return o
}

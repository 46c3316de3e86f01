package trainer

import (
	"io"

	"datum/formats"
	"datum/graph"
	"datum/train/checkpoint"
	"datum/train/parameters"
	"datum/train/step"
)

// described is a parameter as a checkpoint has it.
type described struct {
	Name      string  `json:"name"`
	Shape     []int64 `json:"shape"`
	Decay     bool    `json:"decay,omitempty"`
	Frozen    bool    `json:"frozen,omitempty"`
	Statistic bool    `json:"statistic,omitempty"`
}

func describe(set *parameters.Set) []described {
	var list []described
	for _, p := range set.All() {
		list = append(list, described{p.Name, p.Shape, p.Decay, p.Frozen, p.Statistic})
	}
	return list
}

// Earlier is what an earlier training came to: its parameters, whatever network it had.
type Earlier struct {
	Parameters *parameters.Set
	Values     parameters.Values
	Epochs     int // that it has been trained for
}

// ReadEarlier reads the parameters out of a checkpoint of any training. They are those
// after its last epoch.
func ReadEarlier(r io.Reader) (*Earlier, error) {
	p, err := readProgress(r)
	if err != nil {
		return nil, err
	}
	if len(p.Parameters) == 0 {
		return nil, formats.Reason(formats.ErrCorrupt, "the checkpoint does not say what its parameters are called")
	}
	list := make([]parameters.Parameter, len(p.Parameters))
	for i, d := range p.Parameters {
		list[i] = parameters.Parameter{Name: d.Name, Shape: graph.Shape(d.Shape), Decay: d.Decay, Frozen: d.Frozen, Statistic: d.Statistic}
	}
	e := &Earlier{Epochs: p.Epochs()}
	if e.Parameters, err = parameters.NewSet(list...); err == nil {
		e.Values, err = step.ReadValues(r, e.Parameters)
	}
	if err != nil {
		return nil, checkpoint.Damaged(err)
	}
	return e, nil
}

package capi

// A Status is what a call returns: 0 or one of the negative numbers of ov_status_e.
type Status int

// The statuses that mean something to a caller.
const (
	OK          Status = 0
	Busy        Status = -8
	NotReady    Status = -9
	NotStarted  Status = -11
	Cancelled   Status = -13
	Invalid     Status = -14
	unavailable Status = -100 // ours: this build has no cgo
)

// A Property is a setting of a device or a compiled model.
type Property struct{ Key, Value string }

// A Dim is one dimension of a shape, from Min to Max; Max is -1 where there is no
// bound.
type Dim struct{ Min, Max int64 }

// A Port is an input or an output of a model.
type Port struct {
	Name    string // "" if it has none
	Element int
	Dims    []Dim
	Ranked  bool // otherwise the number of dimensions is unknown, and Dims empty
}

// A Layer is a line of a profile.
type Layer struct {
	Name, Type, Kernel string
	Executed           bool
	Real, CPU          int64 // in microseconds
}

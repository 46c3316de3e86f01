package commands

import (
	"fmt"
	"io"

	"datum"
)

// compare finds out what --resume and --if-changed have to know before the input
// is opened; done says that there is nothing to do.
func (j *job) compare() (done bool, err error) {
	if !j.resume && !j.ifChanged {
		return false, nil
	}
	if j.conversion, err = j.in.Conversion(j.out, j.format, j.input.ImportOptions, j.options, fmt.Sprint(j.skipMissing), j.events.String()); err != nil {
		return false, err
	}
	if j.resume {
		j.options.Resume = j.conversion
	}
	return j.ifChanged && !j.options.DryRun && j.conversion.IsDone(), nil
}

// remember notes, for --if-changed, what was done. Results of which something is
// missing are not noted: that has to be said again.
func (j *job) remember(ds *datum.Dataset) {
	if !j.ifChanged || j.options.DryRun {
		return
	}
	if err := j.conversion.Remember(ds); err != nil {
		j.Warn("the next run with --if-changed will convert again: %v", err)
	}
}

// unchanged is the result where there was nothing to do.
type unchanged struct {
	Input  string `json:"input"`
	Output string `json:"output"`
}

func (unchanged) Kind() string { return "unchanged" }

func (v unchanged) Text(w io.Writer) {
	fmt.Fprintf(w, "%s is as it was made of %s, and neither has changed\n", v.Output, v.Input)
}

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// record is one run of one side of a workload.
type record struct {
	Workload string `json:"workload"`
	Side     string `json:"side"`
	Round    int    `json:"round"`
	// Key stands for the program, the data and the way of measuring; records of
	// another key are made anew.
	Key     string    `json:"key"`
	Started time.Time `json:"started"`
	// Usage of a peer begins after its modules are loaded; Whole is then that of
	// the whole process.
	usage
	Whole *usage `json:"whole_process,omitempty"`
	// Flush is the part of Wall in which datum flushed its output to disk, as it
	// says itself. It is nil where it does not say.
	Flush *float64 `json:"flush_s,omitempty"`
	// What was written.
	Files int   `json:"files,omitempty"`
	Bytes int64 `json:"bytes,omitempty"`
	Items int   `json:"items,omitempty"`
	// Annotations by kind, read back from the output of the first round.
	Annotations map[string]int `json:"annotations,omitempty"`
	// Values are figures of one workload only, by name.
	Values map[string]float64 `json:"values,omitempty"`
}

// session is where and with what records were made.
type session struct {
	Started  time.Time `json:"started"`
	Machine  machine   `json:"machine"`
	Revision string    `json:"revision"`
	Build    string    `json:"build"`
	Peers    []string  `json:"peers"`
	Own      int64     `json:"own_peak_bytes"`
	Quick    bool      `json:"quick,omitempty"`
}

// line is one of the file of results: either of both.
type line struct {
	Session *session `json:"session,omitempty"`
	Run     *record  `json:"run,omitempty"`
}

// results are the records of a file, which grows with each run, so that an
// interrupted measurement goes on where it stopped.
type results struct {
	path     string
	sessions []session
	records  []record
}

func loadResults(path string) (*results, error) {
	r := &results{path: path}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for n := 1; s.Scan(); n++ {
		var l line
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		if l.Session != nil {
			r.sessions = append(r.sessions, *l.Session)
		}
		if l.Run != nil {
			r.records = append(r.records, *l.Run)
		}
	}
	return r, s.Err()
}

// open takes up a new session and leaves out of the file what it supersedes:
// sessions of which no record is left.
func (r *results) open(s session) error {
	var kept []session
	for i, old := range r.sessions {
		end := s.Started
		if i+1 < len(r.sessions) {
			end = r.sessions[i+1].Started
		}
		inside := func(x record) bool { return !x.Started.Before(old.Started) && x.Started.Before(end) }
		if slices.ContainsFunc(r.records, inside) {
			kept = append(kept, old)
		}
	}
	r.sessions = append(kept, s)
	return r.save()
}

// drop removes the records that are not to be kept.
func (r *results) drop(unwanted func(*record) bool) error {
	n := len(r.records)
	r.records = slices.DeleteFunc(r.records, func(x record) bool { return unwanted(&x) })
	if len(r.records) == n {
		return nil
	}
	return r.save()
}

func (r *results) save() error {
	part := r.path + ".part"
	if err := os.MkdirAll(filepath.Dir(r.path), 0o777); err != nil {
		return err
	}
	f, err := os.Create(part)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	e := json.NewEncoder(w)
	for i := range r.sessions {
		err = errors.Join(err, e.Encode(line{Session: &r.sessions[i]}))
	}
	for i := range r.records {
		err = errors.Join(err, e.Encode(line{Run: &r.records[i]}))
	}
	if err := errors.Join(err, w.Flush(), f.Close()); err != nil {
		return err
	}
	return os.Rename(part, r.path)
}

// add appends a record to the file at once.
func (r *results) add(x record) error {
	r.records = append(r.records, x)
	f, err := os.OpenFile(r.path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	return errors.Join(json.NewEncoder(f).Encode(line{Run: &x}), f.Close())
}

// of returns the records of a side by round.
func (r *results) of(workload, side string) []record {
	var found []record
	for _, x := range r.records {
		if x.Workload == workload && x.Side == side {
			found = append(found, x)
		}
	}
	slices.SortFunc(found, func(a, b record) int { return a.Round - b.Round })
	return found
}

func (r *results) has(workload, side string, round int) bool {
	return slices.ContainsFunc(r.of(workload, side), func(x record) bool { return x.Round == round })
}

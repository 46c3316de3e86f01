package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// What lies between these lines of the document is written by this program.
const (
	beginMark = "<!-- measured: begin; written by make bench, do not edit -->"
	endMark   = "<!-- measured: end -->"
)

// updateDocument writes the tables into the document between the marks.
func updateDocument(path string, r *results, all []workload) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), beginMark)
	_, after, closed := strings.Cut(rest, endMark)
	if !found || !closed {
		return fmt.Errorf("%s has no lines %q and %q", path, beginMark, endMark)
	}
	return os.WriteFile(path, []byte(before+beginMark+"\n"+provenance(r)+tables(r, all)+"\n"+endMark+after), 0o666)
}

// provenance says where, when and with what the results were made.
func provenance(r *results) string {
	if len(r.sessions) == 0 {
		return ""
	}
	s := r.sessions[len(r.sessions)-1]
	first, last := r.span()
	m := s.Machine
	text := fmt.Sprintf("\nMeasured %s on %d cores of %s, %.0f GB of memory, Linux %s, %s; %s; datum at revision %s; peers: %s. ",
		dates(first, last), m.Cores, m.CPU, float64(m.Memory)/1e9, m.Kernel, m.Files, m.Go, strings.Join(r.revisions(), ", "), strings.Join(r.peers(), ", "))
	return text + fmt.Sprintf("Medians of the rounds, in brackets the least and the most; MB are 10⁶ bytes. "+
		"No process is seen to be smaller than %.0f MB, the size of the program that starts it.\n", float64(s.Own)/1e6)
}

func (r *results) span() (first, last time.Time) {
	for _, x := range r.records {
		if first.IsZero() || x.Started.Before(first) {
			first = x.Started
		}
		if x.Started.After(last) {
			last = x.Started
		}
	}
	return first, last
}

// revisions returns those of all sessions, each once.
func (r *results) revisions() []string {
	var all []string
	for _, s := range r.sessions {
		if len(all) == 0 || all[len(all)-1] != s.Revision {
			all = append(all, s.Revision)
		}
	}
	return all
}

// peers are those of all sessions: some are without any.
func (r *results) peers() []string {
	var all []string
	for _, s := range r.sessions {
		all = append(all, s.Peers...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func dates(first, last time.Time) string {
	const day = "2006-01-02"
	if a, b := first.Format(day), last.Format(day); a != b {
		return "from " + a + " to " + b
	}
	return "on " + first.Format(day)
}

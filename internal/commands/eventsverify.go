package commands

import (
	"context"
	"fmt"
	"io"
	"os"

	"datum"
	"datum/events"
	"datum/formats"
)

// verifyEvents checks all of a log, or reads all of a text.
func (a *app) verifyEvents(ctx context.Context, m *datum.Found, o datum.Options) error {
	var noticed found
	l, err := a.openEvents(ctx, m, o.ImportOptions, &eventOptions{}, os.TempDir(), &noticed)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.Verify(ctx); err != nil {
		return err
	}
	if err := m.Folder.Trouble(); err != nil {
		return err
	}
	a.Loss("tolerated", noticed.tolerated)
	a.Loss("a log has no place for", noticed.lost)
	if err := a.Result(verifiedEvents{m.Path(), m.Format.Name, m.Encrypted, l.Info(), noticed.tolerated.Entries(), noticed.lost.Entries()}); err != nil {
		return err
	}
	return a.skipped(o.Skip)
}

// verifiedEvents is what was checked of a log.
type verifiedEvents struct {
	Path      string `json:"path"`
	Format    string `json:"format"`
	Encrypted bool   `json:"encrypted"`
	events.Info
	Tolerated []formats.LossEntry `json:"tolerated"`
	Lost      []formats.LossEntry `json:"lost"`
}

func (verifiedEvents) Kind() string { return "events_verification" }

func (v verifiedEvents) Text(w io.Writer) {
	what := fmt.Sprintf("%d events of %d users and %d items", v.Events, v.Users, v.Items)
	switch {
	case v.Format != eventsFormat:
		fmt.Fprintf(w, "readable: %s; the format %s has no checksums\n", what, v.Format)
	case v.Encrypted:
		fmt.Fprintf(w, "OK: %s, all authentic and in their places\n", what)
	default:
		fmt.Fprintf(w, "OK: %s, all checksums right\n", what)
	}
}

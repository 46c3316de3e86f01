package commands

import (
	"context"
	"errors"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/crypto/key"
	"datum/events"
	"datum/formats"
	"datum/train/clicks"
)

// The log of the commands about click-through models.

// logFlags name a log.
func logFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "input-path", Aliases: []string{"i", "data"}, Category: groupInput, Usage: "the log of events, a `PATH` of a folder that datum convert has made, or of the file in it"},
	}
}

// clickLog is a log that is open, with its key if it is sealed.
type clickLog struct {
	*events.Log
	path  string
	found *datum.Found
	key   *key.Key
	names *events.Vocabularies
}

func (l *clickLog) close() {
	if l.Log != nil {
		l.Log.Close()
	}
	l.found.Close()
	l.key.Destroy()
}

// openLog opens the log that is meant, with its key, which is looked for as that of any
// dataset is. A wrong key is found here, before anything else is done.
func (a *app) openLog(ctx context.Context, c *cli.Command) (*clickLog, error) {
	path := c.String("input-path")
	if path == "" {
		return nil, usagef(c, "the log is missing: -i LOG")
	}
	m, err := datum.Find(ctx, path, datum.Options{Registry: a.registry, Format: eventsFormat})
	if err != nil {
		return nil, noLog(err)
	}
	l := &clickLog{path: path, found: m}
	if err := a.readLog(c, l); err != nil {
		l.close()
		return nil, noLog(err)
	}
	return l, nil
}

func (a *app) readLog(c *cli.Command, l *clickLog) (err error) {
	if l.found.Encrypted {
		if l.key, err = a.keyOf(c, l.found); err != nil {
			return err
		}
	}
	if l.Log, err = events.OpenIn(l.found.Folder, l.key); err != nil {
		return err
	}
	l.names, err = l.Vocabularies()
	return err
}

// noLog says where a log comes from, if what was named is none.
func noLog(err error) error {
	if !errors.Is(err, formats.ErrUnknownFormat) {
		return err
	}
	return formats.WithHint(err, "datum convert -f events makes a log of a table, of MovieLens and of others: docs/events-formats.md")
}

// unfit says of which log it is that nothing can be learnt, or measured, there.
func (l *clickLog) unfit(err error) error {
	if !errors.Is(err, clicks.ErrData) {
		return err
	}
	return formats.Reason(formats.ErrUsage, "%s: %w", l.path, err)
}

// data are the rows of a log under a protocol.
func (l *clickLog) data(p clicks.Protocol, seed uint64) *clicks.Data {
	return &clicks.Data{Source: l.Log, Protocol: p, Counts: l.names.Items.Counts, Seed: seed}
}

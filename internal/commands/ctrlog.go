package commands

import (
	"errors"
	"io/fs"

	"github.com/urfave/cli/v3"

	"datum/crypto/key"
	"datum/events"
	"datum/formats"
	"datum/train/clicks"
)

// What the commands about click-through models share.

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
	key   *key.Key
	names *events.Vocabularies
}

func (l *clickLog) close() {
	l.Log.Close()
	if l.key != nil {
		l.key.Destroy()
	}
}

// keyOrNil is the key of a log that was sealed.
func (l *clickLog) keyOrNil() *key.Key {
	if l == nil {
		return nil
	}
	return l.key
}

// openLog opens the log that is meant. A wrong key is found here, before anything else
// is done.
func (a *app) openLog(c *cli.Command) (*clickLog, error) {
	l := &clickLog{path: c.String("input-path")}
	if l.path == "" {
		return nil, usagef(c, "the log is missing: -i LOG")
	}
	var err error
	if l.Log, err = events.Open(l.path, nil); errors.Is(err, formats.ErrKey) {
		var failed error
		if l.key, failed = a.modelKey(c, l.path); failed != nil {
			return nil, failed
		}
		if l.key == nil {
			return nil, err
		}
		if l.Log, err = events.Open(l.path, l.key); err != nil {
			l.key.Destroy()
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = formats.Reason(formats.ErrUnknownFormat, "%s: there is no log of events", l.path)
	}
	if err != nil {
		return nil, err
	}
	if l.names, err = l.Vocabularies(); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// data are the rows of a log under a protocol.
func (l *clickLog) data(p clicks.Protocol, seed uint64) *clicks.Data {
	return &clicks.Data{Source: l.Log, Protocol: p, Counts: l.names.Items.Counts, Seed: seed}
}

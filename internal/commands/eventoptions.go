package commands

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/urfave/cli/v3"

	"datum/crypto/key"
	"datum/events"
	"datum/formats"
)

// eventFlags are about logs of events.
func eventFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "user", Category: groupEvents, Usage: "the `COLUMN` of users in a table of events; found by its name if not given, as the others are"},
		&cli.StringFlag{Name: "item", Category: groupEvents, Usage: "the `COLUMN` of items"},
		&cli.StringFlag{Name: "category", Category: groupEvents, Usage: "the `COLUMN` of the items' categories"},
		&cli.StringFlag{Name: "time", Category: groupEvents, Usage: "the `COLUMN` of times; - takes the order of the lines"},
		&cli.StringFlag{Name: "value", Aliases: []string{"label"}, Category: groupEvents, Usage: "the `COLUMN` of ratings or labels"},
		&cli.StringFlag{Name: "positive", Category: groupEvents, Usage: "`WHICH` events are positive, as in 'rating>=4': their value becomes 1, that of all others 0"},
		&cli.BoolFlag{Name: "pseudonymize", Category: groupEvents, Usage: "in place of the names of users and items, write keyed hashes of them"},
		&cli.Uint64Flag{Name: "draw-seed", Category: groupEvents, Usage: "`SEED` of what is drawn where samples are made of events"},
	}
}

// groupEvents is a heading of options in the help.
const groupEvents = "logs of events"

// eventOptions are what eventFlags say.
type eventOptions struct {
	columns      events.Columns
	positive     func(float64) bool
	positiveText string
	pseudonymize bool
	seed         uint64
	// given are the flags that were given.
	given []string

	// value and pseudonyms change events on their way.
	value      func(float64) float64
	pseudonyms *events.Pseudonyms
}

// readEventOptions returns what eventFlags say, where a command has them.
func readEventOptions(c *cli.Command) (*eventOptions, error) {
	e := &eventOptions{
		columns: events.Columns{User: c.String("user"), Item: c.String("item"), Category: c.String("category"), Time: c.String("time"), Value: c.String("value")},
		seed:    c.Uint64("draw-seed"), pseudonymize: c.Bool("pseudonymize"), positiveText: c.String("positive"),
	}
	for _, f := range eventFlags() {
		if c.IsSet(f.Names()[0]) {
			e.given = append(e.given, f.Names()[0])
		}
	}
	if e.positiveText == "" {
		return e, nil
	}
	column, positive, err := parsePositive(e.positiveText)
	if err != nil {
		return nil, usagef(c, "--positive: %v", err)
	}
	e.positive = positive
	if e.columns.Value != "" && column != "" && column != e.columns.Value {
		return nil, usagef(c, "--positive is about the column %q, and --value names %q", column, e.columns.Value)
	}
	if e.columns.Value == "" && !slices.Contains(anyValue, column) {
		e.columns.Value = column
	}
	return e, nil
}

// anyValue are names that mean the one value of an event, whatever it is called in
// a table.
var anyValue = []string{"", "value", "rating", "label"}

// parsePositive reads "rating>=4".
func parsePositive(s string) (column string, positive func(float64) bool, err error) {
	column, operator, number, ok := events.CutCondition(s)
	if !ok {
		return "", nil, formats.Reason(formats.ErrUsage, "%q compares nothing; write it as in 'rating>=4'", s)
	}
	limit, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(limit) {
		return "", nil, formats.Reason(formats.ErrUsage, "%q is no number to compare with", number)
	}
	return column, events.Condition{Operator: operator, Number: limit}.Of, nil
}

// String spells the options out, so that other ones are told from them.
func (e *eventOptions) String() string {
	if len(e.given) == 0 {
		return ""
	}
	return fmt.Sprintf("%q %q %t %d", e.columns, e.positiveText, e.pseudonymize, e.seed)
}

// rewrites reports whether a log does not stay what it was.
func (e *eventOptions) rewrites() bool {
	return e.value != nil || e.pseudonyms != nil || e.columns != (events.Columns{})
}

// prepare makes the changes that were asked for, for an output of a format. The
// key is that of the output or, where that is plain, the one that was given.
func (e *eventOptions) prepare(format string, k *key.Key) (err error) {
	if e.positive != nil && format != samplesFormat {
		e.value = func(v float64) float64 {
			if e.positive(v) {
				return 1
			}
			return 0
		}
	}
	if !e.pseudonymize {
		return nil
	}
	if k == nil {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "pseudonyms are made with a key, and there is none"), "--encryption makes one, --encryption-key-file names one")
	}
	e.pseudonyms, err = events.NewPseudonyms(k)
	return err
}

// samplesFormat makes samples of positive events, and keeps the ratings.
const samplesFormat = "dien_text"

func (e *eventOptions) close() {
	if e.pseudonyms != nil {
		e.pseudonyms.Close()
	}
}

// check refuses flags that mean nothing for a command that reads one format and,
// where it writes, writes another.
func (e *eventOptions) check(c *cli.Command, in, out string) error {
	all := eventFormats()
	for _, name := range e.given {
		if all[in] == nil {
			return usagef(c, "--%s is for logs of events, and the input is in the format %s", name, in)
		}
		if name == "draw-seed" && out != samplesFormat {
			return usagef(c, "--%s means nothing here: only %s draws", name, samplesFormat)
		}
	}
	if in == eventsFormat && e.columns != (events.Columns{}) {
		return usagef(c, "a log of events has no columns to choose; its value is called rating, label or value")
	}
	return nil
}

package commands

import (
	"context"
	"errors"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/crypto/key"
	"datum/formats"
)

// findDataset finds a dataset, and says so where there is an encrypted model
// in place of one.
func findDataset(ctx context.Context, in string, o datum.Options) (*datum.Found, error) {
	m, err := datum.Find(ctx, in, o)
	if err != nil && isSealed(in) {
		err = formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s is an encrypted model and no dataset", in), "datum model info describes it, datum model decrypt writes it in plain")
	}
	return m, err
}

// findInput finds what a conversion reads. Whoever names columns has a table, also where
// its first line does not look like that of one.
func findInput(ctx context.Context, c *cli.Command, in string, o datum.Options) (*datum.Found, error) {
	m, err := findDataset(ctx, in, o)
	named := c.IsSet("user") || c.IsSet("item")
	if o.Format != "" || in == datum.Stdin || !named || !errors.Is(err, formats.ErrUnknownFormat) || isSealed(in) {
		return m, err
	}
	o.Format = tableFormat
	if m, again := datum.Find(ctx, in, o); again == nil {
		return m, nil
	}
	return nil, err
}

// tableFormat is that of a table of events whose columns can be named.
const tableFormat = "events_csv"

// findWithKey finds the one dataset that a command reads, with the options to
// open it; keyOf gets the key of one that is encrypted. The caller closes what
// was found.
func (a *app) findWithKey(ctx context.Context, c *cli.Command, keyOf func(*cli.Command, *datum.Found) (*key.Key, error)) (*datum.Found, datum.Options, error) {
	in, err := inputPath(c)
	if err != nil {
		return nil, datum.Options{}, err
	}
	o, err := a.readOptions(c)
	if err != nil {
		return nil, o, err
	}
	if o.Format == "" {
		in, o.Format = a.splitFormat(in)
	}
	m, err := findDataset(ctx, in, o)
	if err != nil {
		return nil, o, err
	}
	if err = checkMeaning(o.Values, c, m.Format, nil); err == nil {
		switch {
		case m.Encrypted:
			o.Key, err = keyOf(c, m)
		case keyGivenByFlag(c):
			o.Key, err = a.givenKey(c)
		}
	}
	if err != nil {
		m.Close()
		return nil, o, err
	}
	return m, o, nil
}

package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/dataset"
	"datum/formats"
	"datum/formats/binary"
	"datum/internal/exitcode"
	"datum/internal/ui"
)

func (a *app) verifyCommand() *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "check every token, the manifest, the records and the media",
		UsageText: "datum verify DATASET [--encryption-key-file FILE]",
		Description: `Reads the whole dataset and writes nothing. Exit code 13: something is damaged or out of its place;
3: all that is there is sound, but media files are missing.`,
		Flags:  concat(inputFlags(), formatFlags(a.registry, reads), keyFlags()),
		Action: a.verify,
	}
}

func (a *app) verify(ctx context.Context, c *cli.Command) error {
	m, o, err := a.findWithKey(ctx, c, a.keyOf)
	if err != nil {
		return err
	}
	defer m.Close()
	if eventFormats()[m.Format.Name] != nil {
		return a.verifyEvents(ctx, m, o)
	}
	if m.Format.Name != encryptedFormat {
		return a.verifyByReading(ctx, m, o)
	}
	var meter *ui.Meter
	r, err := binary.Verify(ctx, m.Folder, o.ImportOptions, func(total int) func(int) {
		meter = a.Meter("checking", total)
		return meter.Set
	})
	if meter != nil {
		meter.Done()
	}
	if err == nil {
		err = m.Folder.Trouble()
	}
	if err != nil {
		return err
	}
	if !r.Manifest {
		a.Warn("there is no manifest (a sidecar beside each subset): items that were swapped or dropped would not be noticed")
	}
	if r.Unlisted > 0 {
		a.Warn("%d files in the media folders belong to no item (first: %s)", r.Unlisted, r.FirstUnlisted)
	}
	if err := a.Result(verified{m.Path(), m.Format.Name, m.Encrypted, r}); err != nil {
		return err
	}
	return missing(r.Missing)
}

// verified is what was checked of a binary dataset.
type verified struct {
	Path      string `json:"path"`
	Format    string `json:"format"`
	Encrypted bool   `json:"encrypted"`
	binary.Report
}

func (verified) Kind() string { return "verification" }

func (v verified) Text(w io.Writer) {
	fmt.Fprintf(w, "OK: %d subsets, %d items, %d annotations, %d media files (%d bytes)", v.Subsets, v.Items, v.Annotations, v.Media, v.MediaBytes)
	if v.Encrypted {
		fmt.Fprintf(w, ", %d tokens", v.Tokens)
	}
	if v.Manifest {
		fmt.Fprint(w, ", all as the manifest says")
	}
	fmt.Fprintln(w)
}

// readThrough is what was read of a dataset whose format has no checksums.
type readThrough struct {
	Path        string              `json:"path"`
	Format      string              `json:"format"`
	Items       int                 `json:"items"`
	Annotations int                 `json:"annotations"`
	Media       int                 `json:"media"`
	Missing     int                 `json:"missing"`
	Tolerated   []formats.LossEntry `json:"tolerated"`
}

func (readThrough) Kind() string { return "verification" }

func (v readThrough) Text(w io.Writer) {
	fmt.Fprintf(w, "readable: %d items, %d annotations, %d media files there; the format %s has no checksums\n", v.Items, v.Annotations, v.Media, v.Format)
}

// verifyByReading is what can be done for a format without tokens.
func (a *app) verifyByReading(ctx context.Context, m *datum.Found, o datum.Options) error {
	ds, err := m.Open(ctx, o.ImportOptions)
	if err != nil {
		return err
	}
	defer ds.Close()
	v := readThrough{Path: m.Path(), Format: m.Format.Name}
	meter := a.Meter("reading", ds.Info().Total())
	defer meter.Done()
	for it, err := range ds.Items(ctx) {
		if err != nil {
			return err
		}
		if err := v.add(it); err != nil {
			return err
		}
		meter.Set(v.Items)
	}
	meter.Done()
	notes := ds.Notes()
	v.Tolerated = notes.Entries()
	a.Loss("tolerated", notes)
	if err := a.Result(v); err != nil {
		return err
	}
	if err := a.skipped(o.Skip); err != nil {
		return err
	}
	return missing(v.Missing)
}

// add counts an item and looks whether its media is there.
func (v *readThrough) add(it dataset.Item) error {
	v.Items++
	v.Annotations += len(it.Annotations)
	if it.Media == nil || it.Media.Main().Source == nil {
		return nil
	}
	r, err := it.Media.Main().Open()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.Missing++
		return nil
	case err != nil:
		return err
	}
	v.Media++
	return r.Close()
}

// missing is the error where all that is there is sound.
func missing(n int) error {
	if n == 0 {
		return nil
	}
	return formats.Reason(exitcode.ErrPartial, "%d media files are listed and not there", n)
}

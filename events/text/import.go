package text

import (
	"context"
	"errors"
	"slices"
	"strings"

	"datum/events"
	"datum/files"
	"datum/formats"
)

// NoColumn in place of the name of a column says that there is none. Without times
// the order of the lines is that of the events.
const NoColumn = "-"

// reader reads the files of one source.
type reader struct {
	ctx    context.Context
	folder *files.Folder
	format string
	to     *events.Builder
	o      *events.ImportOptions
	found  *sources
	// loss is what a log has no place for.
	loss formats.Loss
	// dropped are the fields that are counted by name.
	dropped map[string]bool
}

// importer makes the Import of a format.
func importer(format string, find finder, read func(*reader) error) func(context.Context, *files.Folder, *events.Builder, events.ImportOptions) (formats.Loss, error) {
	return func(ctx context.Context, f *files.Folder, to *events.Builder, o events.ImportOptions) (formats.Loss, error) {
		r := &reader{ctx: ctx, folder: f, format: format, to: to, o: &o, found: find(f, &o.Columns)}
		if len(r.found.events) == 0 || len(r.found.unmet) > 0 {
			err := formats.Reason(formats.ErrUnknownFormat, "%s is not what %s reads, which needs %s", f.Path(f.Only()), format, strings.Join(r.found.unmet, " and "))
			return r.loss, formats.WithHint(err, "datum detect says what it looks like")
		}
		if n := len(r.found.unread); n > 0 {
			r.loss.Add("files not read: "+r.found.why, r.found.unread[0], n)
		}
		if err := read(r); err != nil {
			return r.loss, err
		}
		return r.loss, f.Trouble()
	}
}

// fixed refuses names of columns for a format that has none to choose.
func (r *reader) fixed() error {
	if r.o.Columns == (events.Columns{}) {
		return nil
	}
	err := formats.Reason(formats.ErrUsage, "%s has no columns to choose: they are always the same", r.format)
	return formats.WithHint(err, "leave them out, or read the file as events_csv")
}

// at gives an error its line.
func (r *reader) at(name string, number int64, err error) error {
	var placed *formats.Error
	if err == nil || errors.As(err, &placed) {
		return err
	}
	return &formats.Error{Format: r.format, Path: r.folder.Path(name), Line: int(number), Err: err}
}

// bad passes an error of one line on to whoever may want to go on without it.
func (r *reader) bad(name string, number int64, err error) error {
	return r.o.Bad(r.at(name, number, err))
}

// corrupt is an error of what a line says.
func corrupt(format string, args ...any) error {
	return formats.Reason(formats.ErrCorrupt, format, args...)
}

// present keeps those names of which there are files, packed ones too.
func present(f *files.Folder, names ...string) []string {
	var out []string
	for _, name := range names {
		for _, n := range []string{name, name + ".gz"} {
			if f.Has(n) {
				out = append(out, n)
				break
			}
		}
	}
	return out
}

// named returns the files of a folder whose names end in one of the suffixes,
// packed ones too, and of these the one that was asked for, where one was.
func named(f *files.Folder, suffixes ...string) []string {
	names := f.List().Files(".")
	if f.Only() != "" {
		names = []string{f.Only()}
	}
	return slices.DeleteFunc(names, func(n string) bool { return !endsIn(n, suffixes...) })
}

// endsIn reports whether a name ends in one of the suffixes, in any case, or would
// if the file were not packed.
func endsIn(name string, suffixes ...string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".gz")
	return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}

// chosen returns those of the names of which there are files, and of these the one
// that was asked for, where one was.
func chosen(f *files.Folder, names ...string) []string {
	switch only := f.Only(); {
	case only == "":
		return present(f, names...)
	case slices.Contains(names, strings.TrimSuffix(only, ".gz")):
		return []string{only}
	}
	return nil
}

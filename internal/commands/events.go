package commands

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"datum"
	"datum/events"
	"datum/events/text"
	"datum/files"
	"datum/formats"
)

// eventsFormat is our format of logs of events, the one that can be encrypted.
const eventsFormat = "events"

// eventFormats are the formats of logs: ours, and the texts of others.
func eventFormats() map[string]*events.Format {
	all := map[string]*events.Format{eventsFormat: {
		Name: eventsFormat, Aliases: []string{"datum_events"}, Probe: events.Probe,
		Summary: "logs of events, plain or encrypted: who had to do with which item, and when",
		Import:  importLog,
		Export: func(context.Context, *events.Log, string, events.ExportOptions) (formats.Loss, error) {
			panic("logs are written under a key or without one")
		},
	}}
	for _, f := range text.Formats() {
		all[f.Name] = &f
	}
	return all
}

func importLog(ctx context.Context, f *files.Folder, b *events.Builder, o events.ImportOptions) (formats.Loss, error) {
	l, err := events.OpenIn(f, o.Key)
	if err != nil {
		return formats.Loss{}, err
	}
	defer l.Close()
	return formats.Loss{}, b.AddLog(ctx, l)
}

// withEvents adds the formats of logs to a registry, so that one look finds out
// what a folder holds. Of the others there is a log to be had only by the commands
// that know of logs: those for datasets are told so.
func withEvents(r *formats.Registry) (*formats.Registry, error) {
	list := append([]*formats.Format{}, r.All()...)
	for _, f := range eventFormats() {
		g := &formats.Format{Name: f.Name, Aliases: f.Aliases, Summary: f.Summary, Probe: f.Probe}
		if f.Import != nil {
			g.Import = func(_ context.Context, folder *files.Folder, _ formats.ImportOptions) (formats.Importer, error) {
				return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%s: it holds a log of events, and no items with annotations", folder.Path(folder.Only())),
					"datum convert, info and verify know logs, and so do train ctr and eval ctr: docs/events.md")
			}
		}
		if f.Export != nil {
			g.Export = func(context.Context, string, formats.ExportOptions) (formats.Exporter, error) {
				return nil, formats.Reason(formats.ErrUsage, "%s is for logs of events, not for items with annotations", f.Name)
			}
		}
		list = append(list, g)
	}
	return formats.NewRegistry(list...)
}

// found is what was noticed while a log was made.
type found struct{ tolerated, lost formats.Loss }

func (f *found) add(r *events.Report) {
	f.tolerated.Merge(r.Tolerated())
	f.lost.Merge(r.Lost())
}

// openEvents opens a log, or makes one of text in the folder scratch, which is gone
// when it is closed.
func (a *app) openEvents(ctx context.Context, m *datum.Found, o formats.ImportOptions, e *eventOptions, scratch string, noticed *found) (*events.Log, error) {
	if m.Format.Name == eventsFormat && !e.rewrites() {
		return events.OpenIn(m.Folder, o.Key)
	}
	b, err := a.readEvents(ctx, m, o, e, events.Options{Scratch: scratch}, noticed)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	l, report, err := b.Temporary(ctx)
	noticed.add(&report)
	return l, err
}

// readEvents adds everything of the input to a new builder, which the caller
// closes.
func (a *app) readEvents(ctx context.Context, m *datum.Found, o formats.ImportOptions, e *eventOptions, to events.Options, noticed *found) (*events.Builder, error) {
	f := eventFormats()[m.Format.Name]
	if f.Import == nil {
		return nil, formats.Reason(formats.ErrUnknownFormat, "the format %s can be written, not read", f.Name)
	}
	if !m.Encrypted && e.pseudonyms != nil {
		o.Key = nil // it is for them
	}
	if f.Name != eventsFormat {
		if err := o.OnlyPlain(f.Name, m.Folder); err != nil {
			return nil, err
		}
	}
	meter := a.Meter("reading "+f.Name, -1)
	defer meter.Done()
	to.Value, to.Pseudonyms, to.Progress = e.value, e.pseudonyms, meter.Set
	b, err := events.NewBuilder(to)
	if err != nil {
		return nil, err
	}
	noticed.lost, err = f.Import(ctx, m.Folder, b, events.ImportOptions{ImportOptions: o, Columns: e.columns})
	if trouble := m.Folder.Trouble(); trouble != nil && ctx.Err() == nil {
		err = trouble
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// newLogFile makes the file of a log in the folder of a dataset.
func newLogFile(dir string, write func(*os.File) error) error {
	f, err := os.OpenFile(filepath.Join(dir, events.FileName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

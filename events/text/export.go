package text

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"

	"datum/events"
	"datum/formats"
)

// exporter writes a log into a folder.
type exporter struct {
	ctx context.Context
	log *events.Log
	*events.Vocabularies
	dir string
	o   events.ExportOptions
	// loss is what the format cannot hold.
	loss formats.Loss
	// unfit are the numbers of the users, items and categories whose names the
	// format cannot hold.
	unfitUsers, unfitItems, unfitCategories map[uint32]bool
}

// exporterOf makes the Export of a format.
func exporterOf(write func(*exporter) error) func(context.Context, *events.Log, string, events.ExportOptions) (formats.Loss, error) {
	return func(ctx context.Context, log *events.Log, dir string, o events.ExportOptions) (formats.Loss, error) {
		if o.Name == "" {
			o.Name = "events"
		}
		if !filepath.IsLocal(o.Name) || strings.ContainsAny(o.Name, `/\`) {
			return formats.Loss{}, formats.Reason(formats.ErrUsage, "%q cannot be the name of a file", o.Name)
		}
		names, err := log.Vocabularies()
		if err != nil {
			return formats.Loss{}, err
		}
		e := &exporter{ctx: ctx, log: log, Vocabularies: names, dir: dir, o: o}
		err = write(e)
		return e.loss, formats.DiskHint(err)
	}
}

// file writes one of the files.
func (e *exporter) file(name string, content func(w *bufio.Writer) error) error {
	const buffer = 256 << 10
	f, err := os.OpenFile(filepath.Join(e.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, buffer)
	if err := content(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// event is one of a log, with its numbers.
type event struct {
	user, item uint32
	time       int64
	value      float64
}

// each calls use with every event that the format can hold.
func (e *exporter) each(use func(event) error) error {
	for c, err := range e.log.Chunks(e.ctx) {
		if err != nil {
			return err
		}
		for u, user := range c.Users {
			for i := c.Starts[u]; i < c.Starts[u+1]; i++ {
				if e.unfitUsers[user] || e.unfitItems[c.Items[i]] {
					e.loss.Add("events dropped: a name has a character that would end a field", "", 1)
					continue
				}
				if err := use(event{user, c.Items[i], c.Times[i], c.Values[i]}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// fit finds out which names the format can hold.
func (e *exporter) fit(ok func(name string) bool) {
	unfit := func(v *events.Vocabulary, what string) map[uint32]bool {
		out := map[uint32]bool{}
		for i, name := range v.Names {
			if i > 0 && !ok(name) {
				out[uint32(i)] = true
				e.loss.Add("names of "+what+" that the format cannot hold", shown([]byte(name)), 1)
			}
		}
		return out
	}
	e.unfitUsers, e.unfitItems, e.unfitCategories = unfit(e.Users, "users"), unfit(e.Items, "items"), unfit(e.Categories, "categories")
}

// category returns the name of an item's category, or what stands for none.
func (e *exporter) category(item uint32, none string) string {
	if c := e.Category[item]; c > 0 && !e.unfitCategories[c] {
		return e.Categories.Names[c]
	}
	return none
}

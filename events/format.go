package events

import (
	"context"

	"datum/files"
	"datum/formats"
)

// Format is another form in which logs lie, such as the text that a paper's
// program reads. Import or Export is nil where it cannot be read or written.
type Format struct {
	// Name is what users type, as in "recbole", and Aliases are other names.
	Name    string
	Aliases []string
	// Summary says in a few words what the format holds.
	Summary string
	// Probe looks at a folder, or at the file in it that was named, cheaply, as
	// [formats.Format.Probe] does.
	Probe func(ctx context.Context, f *files.Folder) formats.Verdict
	// Import adds all events and items of a folder to b. It returns what a
	// log has no place for. Bad records go through [formats.ImportOptions.Bad].
	Import func(ctx context.Context, f *files.Folder, b *Builder, o ImportOptions) (formats.Loss, error)
	// Export writes the files of the format into dir, an existing, empty folder.
	// It returns what the format could not hold.
	Export func(ctx context.Context, l *Log, dir string, o ExportOptions) (formats.Loss, error)
}

// ImportOptions say how events are read. Of the options of all formats Skip and
// Workers count, and Key for a log that is sealed.
type ImportOptions struct {
	formats.ImportOptions
	// Columns are names of columns, for tables; an empty one is found out.
	Columns Columns
}

// Columns are the names of the columns of a table. A format whose columns are
// fixed refuses all of them, with an error that matches ErrUsage.
type Columns struct {
	User, Item, Category, Time, Value string
}

// ExportOptions say how events are written.
type ExportOptions struct {
	// Name is that of the files, where the format leaves it open.
	Name string
	// Seed decides what is drawn, where samples are made of events.
	Seed uint64
	// Positive says which events samples are made of; nil stands for all.
	Positive func(value float64) bool
}

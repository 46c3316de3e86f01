package formats

import (
	"context"

	"datum/dataset"
	"datum/files"
)

// Format is what datum knows of one dataset format. Import or Export is nil
// where the format cannot be read or written.
type Format struct {
	// Name is what users type, as in "coco".
	Name string
	// Aliases are other names for it, such as those of Datumaro.
	Aliases []string
	// Implied are the options that some of the aliases stand for, which count
	// on writing where nothing else is said.
	Implied map[string]Values
	// Summary says in a few words what the format holds.
	Summary string
	// Options are choices that only this format offers.
	Options []Option
	// Probe looks at a folder, cheaply, and says whether it holds this format.
	Probe func(ctx context.Context, f *files.Folder) Verdict
	// Import opens the dataset in a folder for reading. It reads what it needs
	// for Info and may read more than that later. The caller keeps the folder
	// open until the importer is closed, and closes it then.
	Import func(ctx context.Context, f *files.Folder, o ImportOptions) (Importer, error)
	// Export prepares to write a dataset into the existing, empty folder
	// path. The caller takes care that the folder appears under its final
	// name only after Close.
	Export func(ctx context.Context, path string, o ExportOptions) (Exporter, error)
}

// Confidence grades a verdict. A higher one wins.
type Confidence int

// The grades of confidence.
const (
	No     Confidence = iota // not this format
	Bare                     // there are pictures and nothing that speaks against it
	Low                      // file names alone speak for it
	Medium                   // the layout of the folder speaks for it
	High                     // the content was parsed and speaks for it
	Magic                    // a magic number proves it
)

// Verdict is what a format says of a path.
type Verdict struct {
	Confidence Confidence
	// Met and Unmet list the requirements, in words that end a sentence
	// beginning with "needs" ("a JSON file with images and annotations in
	// annotations/").
	Met, Unmet []string
	// Encrypted says that a key is needed to read it.
	Encrypted bool
}

// Importer reads one dataset. It is used by one goroutine at a time.
type Importer interface {
	// Info returns what is known before the items are read.
	Info() *dataset.Info
	// Items streams the items in a fixed order. It may be called again.
	Items(ctx context.Context) dataset.Items
	// Notes says what was tolerated or guessed so far, such as missing
	// fields; it is complete when the stream has ended.
	Notes() Loss
	// Close releases files.
	Close() error
}

// Exporter writes one dataset. It is used by one goroutine at a time. After an
// error it may only be closed.
type Exporter interface {
	// Begin is called once, before the first item.
	Begin(*dataset.Info) error
	// Write takes the next item. The exporter may keep it until Close.
	Write(dataset.Item) error
	// Close finishes the files and returns what the format could not hold.
	Close() (Loss, error)
	// Abort gives up: it stops workers and closes files, whatever state they
	// are in. The folder's content is left to the caller.
	Abort()
}

package formats

import (
	"context"

	"datum/crypto/key"
	"datum/dataset"
)

// Format is what datum knows of one dataset format. Import or Export is nil
// where the format cannot be read or written.
type Format struct {
	// Name is what users type, as in "coco".
	Name string
	// Aliases are other names for it, such as those of Datumaro.
	Aliases []string
	// Summary says in a few words what the format holds.
	Summary string
	// Probe looks at a path, cheaply, and says whether it holds this format.
	Probe func(ctx context.Context, path string) Verdict
	// Import opens the dataset at path for reading. It reads what it needs
	// for Info and may read more than that later.
	Import func(ctx context.Context, path string, o ImportOptions) (Importer, error)
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

// ImportOptions say how to read. The zero value reads a plain dataset.
type ImportOptions struct {
	// Key opens an encrypted dataset; nil for a plain one.
	Key *key.Key
	// Workers bounds the goroutines that read and decode; 0 means one for
	// each core.
	Workers int
	// IgnoreSidecar reads a datumaro_binary dataset as Datumaro would, without
	// the file of exact values and of places beside each subset.
	IgnoreSidecar bool
	// AllowExternalMedia opens media by paths that lead out of the dataset
	// (absolute, "..", symbolic links). Without it such a path is an error.
	AllowExternalMedia bool
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

// ExportOptions say how to write. The zero value writes annotations only, in
// plain.
type ExportOptions struct {
	// SaveMedia copies the media files into the dataset.
	SaveMedia bool
	// Key encrypts the dataset, where the format can; nil writes it in plain.
	Key *key.Key
	// PlainMedia leaves the media of an encrypted dataset in plain.
	PlainMedia bool
	// EncryptAllMedia encrypts also what Datumaro left in plain: point
	// clouds, their extra images and videos. Datumaro cannot open these then.
	EncryptAllMedia bool
	// NoSidecar leaves out the file of exact values beside each subset.
	NoSidecar bool
	// Cuboid2DBefore112 writes the 2D cuboids of a plain datumaro_binary
	// dataset with the code that Datumaro 1.10 and 1.11 read, which later
	// versions refuse. An encrypted dataset always has that code, since no
	// later version reads it.
	Cuboid2DBefore112 bool
	// Workers bounds the goroutines that encode and encrypt; 0 means one for
	// each core. The output does not depend on it.
	Workers int
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

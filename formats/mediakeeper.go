package formats

import (
	"fmt"
	"io"
	"os"

	"datum/dataset"
)

// MediaKeeper knows which media files an interrupted export has finished. Several
// goroutines use it.
type MediaKeeper interface {
	// Take puts the file that was finished as path in its place and returns the
	// note that was made of it; taken is false where there is none that can be
	// relied upon. Proof decides where that is not certain. Stamp stands for the
	// state of the file's source.
	Take(path, stamp string, proof func(file io.Reader, note []byte) (bool, error)) (note []byte, taken bool, err error)
	// Done says that the file is finished.
	Done(path, stamp string, note []byte) error
}

// Once does work, which saves a media file as the path to and returns a note
// about it, unless an export that was interrupted has done it before: then it
// returns the note of that time. Proof tells whether a file is what work would
// make, where that is not certain.
func (w *MediaWriter) Once(f *dataset.File, to string, proof func(file io.Reader, note []byte) (bool, error), work func() ([]byte, error)) ([]byte, error) {
	k := w.opts.Keeper
	if k == nil || w.opts.Media != MediaCopy || w.opts.DropMedia {
		return work()
	}
	if err := w.ctx.Err(); err != nil {
		return nil, err
	}
	stamp := stampOf(f)
	note, taken, err := k.Take(to, stamp, proof)
	if taken || err != nil {
		return note, w.there(to, err)
	}
	if note, err = work(); err != nil {
		return nil, err
	}
	return note, w.there(to, k.Done(to, stamp, note))
}

// stampOf tells the state of a file that is one of this machine. Others lie in
// what the whole conversion reads.
func stampOf(f *dataset.File) string {
	local, ok := f.Source.(dataset.LocalSource)
	if !ok {
		return ""
	}
	st, err := os.Stat(local.LocalPath())
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d %d", st.Size(), st.ModTime().UnixNano())
}

// saveOnce saves a file as it is.
func (w *MediaWriter) saveOnce(item string, f *dataset.File, to string) error {
	same := func(file io.Reader, _ []byte) (bool, error) {
		in, err := w.open(item, f)
		if err != nil {
			return false, err
		}
		defer in.Close()
		return sameContent(in, file)
	}
	_, err := w.Once(f, to, same, func() ([]byte, error) { return nil, w.Place(item, f, to, false, nil) })
	return err
}

package voc

import (
	"sync"

	"datum/formats"
)

// fileReader reads one XML file after the other, in the room of the one before.
type fileReader struct {
	usualReader
	from *importer
	text []byte
}

var fileReaders = sync.Pool{New: func() any { return &fileReader{} }}

// newFileReader returns a reader of files of the dataset.
func (m *importer) newFileReader() *fileReader {
	f := fileReaders.Get().(*fileReader)
	f.from, f.oneBased, f.again = m, m.oneBased, false
	return f
}

// release gives the room to another reader. That of a large file is given up.
func (f *fileReader) release() {
	if f.from = nil; cap(f.text) > maxUsual {
		f.text = nil
	}
	f.boxes, f.attrs = nil, nil
	fileReaders.Put(f)
}

// record reads an XML file. The record is valid until the next one.
func (f *fileReader) record(name, place string, loss *formats.Loss) (*record, error) {
	text, err := f.from.AppendFile(f.text[:0], name, f.from.limits.RecordBytes)
	if err != nil {
		return nil, at(f.from.Folder, name, "", err)
	}
	f.text = text
	if rec, ok := f.read(text, place, loss); ok {
		return rec, nil
	}
	return parseRecord(text, f.oneBased, place, loss)
}

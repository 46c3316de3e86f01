// Package events writes curves of a training in the files that TensorBoard
// shows: numbers by name and step.
//
// A file is a sequence of records, each a protocol buffer of the type
// tensorflow.Event between checksums, as in
// https://www.tensorflow.org/tutorials/load_data/tfrecord. Only scalars are
// written. What is in such a file is plain text to whoever finds it: names of
// curves and numbers, so none of a dataset's contents belong into a name.
package events

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"
)

// A Writer appends records to a stream. Its methods are for one goroutine.
type Writer struct {
	w      io.Writer
	record []byte
}

// NewWriter begins a stream with the record that says which version of the
// format it has.
func NewWriter(w io.Writer, at time.Time) (*Writer, error) {
	e := &Writer{w: w}
	return e, e.write(appendText(appendEvent(nil, at, 0), fileVersion, "brain.Event:2"))
}

// Create makes a new file in a folder, with a name that TensorBoard finds. A
// training that goes on makes one more: TensorBoard reads all of a folder.
func Create(dir string, at time.Time) (*Writer, *os.File, error) {
	name := fmt.Sprintf("events.out.tfevents.%d.datum.%d", at.Unix(), os.Getpid())
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		return nil, nil, err
	}
	w, err := NewWriter(f, at)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return w, f, nil
}

// A Scalar is one point of a curve. A slash in its name makes a group of
// curves: loss/box, loss/class.
type Scalar struct {
	Name  string
	Value float64
}

// Scalars appends the points of one step. The values become float32, as the
// format has them.
func (e *Writer) Scalars(at time.Time, step int64, points ...Scalar) error {
	var values []byte
	for _, p := range points {
		value := appendText(nil, valueTag, p.Name)
		value = binary.AppendUvarint(value, simpleValue<<3|fixed32)
		value = binary.LittleEndian.AppendUint32(value, math.Float32bits(float32(p.Value)))
		values = appendText(values, summaryValue, string(value))
	}
	return e.write(appendText(appendEvent(nil, at, step), eventSummary, string(values)))
}

// Numbers of fields in tensorflow.Event, Summary and Summary.Value.
const (
	wallTime, eventStep, fileVersion, eventSummary = 1, 2, 3, 5

	summaryValue          = 1
	valueTag, simpleValue = 1, 2
)

// Types of fields in protocol buffers.
const (
	varint, fixed64, delimited, fixed32 = 0, 1, 2, 5
)

func appendEvent(b []byte, at time.Time, step int64) []byte {
	b = binary.AppendUvarint(b, wallTime<<3|fixed64)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(at.UnixNano())/1e9))
	b = binary.AppendUvarint(b, eventStep<<3|varint)
	return binary.AppendUvarint(b, uint64(step))
}

func appendText(b []byte, field uint64, text string) []byte {
	b = binary.AppendUvarint(b, field<<3|delimited)
	b = binary.AppendUvarint(b, uint64(len(text)))
	return append(b, text...)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the checksum of the format: rotated and shifted, so that the
// checksum of bytes with checksums in them is none of these again.
func masked(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// write appends one record, in one call, so that a reader at the same time
// finds either all of it or an end that it waits at.
func (e *Writer) write(event []byte) error {
	b := binary.LittleEndian.AppendUint64(e.record[:0], uint64(len(event)))
	b = binary.LittleEndian.AppendUint32(b, masked(b))
	b = append(b, event...)
	b = binary.LittleEndian.AppendUint32(b, masked(event))
	e.record = b
	_, err := e.w.Write(b)
	return err
}

package modelfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"datum/formats"
)

// What of ONNX has to be known to find tensors whose data lie in other files:
// which messages can hold tensors, and where. The rest is skipped.
type message int

const (
	opaque message = iota
	modelProto
	graphProto
	nodeProto
	attributeProto
	tensorProto
	sparseProto
	functionProto
	trainingProto
)

// inside says what lies in the fields of a message.
var inside = map[message]map[uint64]message{
	modelProto:     {7: graphProto, 20: trainingProto, 25: functionProto},
	graphProto:     {1: nodeProto, 5: tensorProto, 15: sparseProto},
	nodeProto:      {5: attributeProto},
	attributeProto: {5: tensorProto, 6: graphProto, 10: tensorProto, 11: graphProto, 22: sparseProto, 23: sparseProto},
	sparseProto:    {1: tensorProto, 2: tensorProto},
	functionProto:  {7: nodeProto, 11: attributeProto},
	trainingProto:  {1: graphProto, 2: graphProto},
}

const (
	modelGraph     = 7  // of a model: the graph
	tensorLocation = 14 // of a tensor: where its data are
	external       = 1  // in another file
	maxNesting     = 100
	maxField       = 1<<29 - 1
)

// The types of fields on the wire.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// checkONNX goes through a file of so many bytes and says whether it is ONNX,
// and whether it is all of the model. It holds nothing of it in memory.
func checkONNX(r *bufio.Reader, size int64) error {
	w := walker{r: r}
	err := w.walk(modelProto, size, 0)
	switch {
	case w.foreign:
		return formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "a part of its weights lies in other files"),
			"put all into one file with Python: onnx.save(onnx.load(IN), OUT); or make an IR of it with OpenVINO's ovc")
	case errors.Is(err, errWire), err == nil && !w.graph:
		return errNoModel()
	}
	return err
}

var errWire = errors.New("these are no protocol buffers of ONNX")

// walker goes through a message, and through what lies in it.
type walker struct {
	r       *bufio.Reader
	graph   bool // the model has one
	foreign bool // a tensor's data lie elsewhere
}

// walk reads a message of so many bytes.
func (w *walker) walk(m message, size int64, depth int) error {
	if depth > maxNesting {
		return errWire
	}
	for size > 0 && !w.foreign {
		tag, err := w.number(&size)
		if err != nil {
			return err
		}
		if err := w.field(m, tag>>3, tag&7, &size, depth); err != nil {
			return err
		}
	}
	return nil
}

// field reads the value of a field and takes its length off size.
func (w *walker) field(m message, number, wire uint64, size *int64, depth int) error {
	inner := inside[m][number]
	if number == 0 || number > maxField || inner != opaque && wire != wireBytes || m == modelProto && number == 1 && wire != wireVarint {
		return errWire
	}
	switch wire {
	case wireVarint:
		v, err := w.number(size)
		w.foreign = w.foreign || err == nil && m == tensorProto && number == tensorLocation && v == external
		return err
	case wireFixed64:
		return w.skip(8, size)
	case wireFixed32:
		return w.skip(4, size)
	case wireBytes:
	default:
		return errWire // groups are not in ONNX
	}
	n, err := w.number(size)
	if err != nil {
		return err
	}
	if n > uint64(*size) {
		return errWire
	}
	w.graph = w.graph || m == modelProto && number == modelGraph
	if inner == opaque {
		return w.skip(int64(n), size)
	}
	*size -= int64(n)
	return w.walk(inner, int64(n), depth+1)
}

// number reads a variable-length number.
func (w *walker) number(size *int64) (uint64, error) {
	counted := byteCounter{r: w.r, left: *size}
	v, err := binary.ReadUvarint(&counted)
	*size = counted.left
	if err != nil && counted.broken == nil {
		return 0, errWire // it is too long, or leaves its message
	}
	return v, counted.broken
}

// byteCounter reads no more bytes than are left.
type byteCounter struct {
	r      *bufio.Reader
	left   int64
	broken error // of reading
}

func (c *byteCounter) ReadByte() (byte, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	b, err := c.r.ReadByte()
	if err != nil {
		c.broken = err
		return 0, err
	}
	c.left--
	return b, nil
}

func (w *walker) skip(n int64, size *int64) error {
	if n > *size {
		return errWire
	}
	*size -= n
	for n > 0 {
		step := int(min(n, 1<<30))
		if _, err := w.r.Discard(step); err != nil {
			return err
		}
		n -= int64(step)
	}
	return nil
}

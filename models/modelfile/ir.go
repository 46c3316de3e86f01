package modelfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
)

// weightsNeeded returns how many bytes of weights the constants of an IR reach
// into: the runtime says little where they are missing. It reads pieces that end
// in ">" and looks no further into the XML; what is wrong there, the runtime
// finds.
func weightsNeeded(r io.Reader) (int64, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	need := int64(0)
	for {
		piece, err := in.ReadSlice('>')
		need = max(need, reach(piece))
		switch {
		case errors.Is(err, io.EOF):
			return need, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return 0, err
		}
	}
}

// reach returns where the constant ends that a <data> element names, or 0.
func reach(piece []byte) int64 {
	_, element, is := bytes.Cut(piece, []byte("<data "))
	if !is {
		return 0
	}
	offset, ok1 := attribute(element, " offset=\"")
	size, ok2 := attribute(element, " size=\"")
	if !ok1 || !ok2 || size == 0 || offset > math.MaxInt64-size {
		return 0
	}
	return offset + size
}

// attribute returns the number behind name, which includes ="; elements begin
// with a space here.
func attribute(element []byte, name string) (int64, bool) {
	_, value, found := bytes.Cut(append([]byte{' '}, element...), []byte(name))
	digits, _, ended := bytes.Cut(value, []byte{'"'})
	n, err := strconv.ParseInt(string(digits), 10, 64)
	return n, found && ended && err == nil && n >= 0
}

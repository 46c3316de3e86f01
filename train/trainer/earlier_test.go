package trainer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"datum/formats"
)

// FuzzReadEarlier reads checkpoints of everybody.
func FuzzReadEarlier(f *testing.F) {
	for _, text := range []string{"{}", `{"parameters":[{"name":"a","shape":[2]}]}`, `{"parameters":[{"name":"a","shape":[-2,1]},{"name":"a"}]}`, `{"parameters":[{"name":"a","shape":[2147483648]}]}`} {
		b := binary.LittleEndian.AppendUint64([]byte(magic), uint64(len(text)))
		f.Add(append(append(b, text...), "datumtrn\x01\x00\x00\x00"...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := ReadEarlier(bytes.NewReader(b)); err == nil {
			if err := e.Parameters.Check(e.Values); err != nil {
				t.Error(err)
			}
		} else if !errors.Is(err, formats.ErrCorrupt) {
			t.Error(err)
		}
	})
}

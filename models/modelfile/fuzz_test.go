package modelfile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"datum/formats"
)

// What a manifest says is true of the bytes that it stands behind.
func FuzzManifest(f *testing.F) {
	good, err := (&manifest{manifestVersion, []Part{{"m.xml", RoleXML, 3, Hash{1}}, {"m.bin", RoleBin, 4, Hash{2}}}}).append(make([]byte, 7))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:20])
	f.Add([]byte(`{"version":1,"parts":[{"name":"c","role":"blob","size":-1}]}` + "\x00\x00\x00\x3e"))
	f.Add([]byte("\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		m, err := readManifest(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			if !errors.Is(err, formats.ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		sum := int64(0)
		for _, p := range m.Parts {
			if p.Size < 0 || checkName(p.Name) != nil {
				t.Fatalf("%+v", p)
			}
			sum += p.Size
		}
		if _, known := kindOf(m.Parts); !known || sum > int64(len(content)) {
			t.Fatalf("%+v of %d bytes", m, len(content))
		}
		text, err := json.Marshal(m)
		if again, err2 := parseManifest(text, sum); err != nil || err2 != nil || len(again.Parts) != len(m.Parts) {
			t.Fatalf("%v, %v", err, err2)
		}
	})
}

// slowly is what checkONNX has to find, in the simple way: with all in memory.
func slowly(b []byte, m message, depth int) (foreign, valid bool) {
	for len(b) > 0 {
		number, wire, n := protowire.ConsumeTag(b)
		if n < 0 || depth > maxNesting {
			return false, false
		}
		b = b[n:]
		inner := inside[m][uint64(number)]
		if inner != opaque && wire != protowire.BytesType || m == modelProto && number == 1 && wire != protowire.VarintType || wire == protowire.StartGroupType {
			return false, false
		}
		n = protowire.ConsumeFieldValue(number, wire, b)
		if n < 0 {
			return false, false
		}
		value := b[:n]
		b = b[n:]
		if v, _ := protowire.ConsumeVarint(value); m == tensorProto && wire == protowire.VarintType && number == tensorLocation && v == external {
			return true, true
		}
		if inner != opaque {
			content, _ := protowire.ConsumeBytes(value)
			if foreign, valid := slowly(content, inner, depth+1); foreign || !valid {
				return foreign, valid
			}
		}
	}
	return false, true
}

// A file that goes through says the same as if it were all in memory, and
// nothing makes it panic or read far.
func FuzzONNX(f *testing.F) {
	f.Add(onnxModel(bytesField(5, tensor(false))))
	f.Add(onnxModel(bytesField(5, tensor(true))))
	f.Add(onnxModel(bytesField(1, bytesField(5, bytesField(6, bytesField(15, bytesField(1, tensor(true))))))))
	f.Add(bytesField(7, bytes.Repeat(bytesField(1, bytesField(5, nil)), 3)))
	f.Add([]byte{0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, model []byte) {
		err := checkONNX(bufio.NewReaderSize(bytes.NewReader(model), 16), int64(len(model)))
		if err != nil && !errors.Is(err, formats.ErrUnknownFormat) {
			t.Fatal(err)
		}
		if foreign, valid := slowly(model, modelProto, 0); foreign && err == nil || !foreign && !valid && err == nil {
			t.Fatalf("in memory: elsewhere %v, valid %v; as a stream: %v", foreign, valid, err)
		}
	})
}

// No text of an IR makes it panic or name a negative length.
func FuzzWeightsNeeded(f *testing.F) {
	f.Add(irText(0))
	f.Add(irText(1000))
	f.Add([]byte(`<data offset="9223372036854775807" size="9223372036854775807"/>`))
	f.Add([]byte(`<data size="4" offset="1`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if n, err := weightsNeeded(bytes.NewReader(text)); err != nil || n < 0 {
			t.Fatal(n, err)
		}
	})
}

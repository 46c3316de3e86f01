package modelfile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"datum/crypto/key"
	"datum/crypto/sealed"
)

func newKey(t testing.TB) *key.Key {
	t.Helper()
	k, err := key.Parse([]byte("datum-MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func otherKey(t testing.TB) *key.Key {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// put writes files, by their names, into a new folder.
func put(t testing.TB, files map[string][]byte) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// irText is an IR whose constants reach to the end of so many bytes.
func irText(weights int) []byte {
	text := `<?xml version="1.0"?>
<net name="m" version="11">
	<layers>
		<layer id="0" name="x" type="Parameter" version="opset1">
			<data shape="1,3" element_type="f32" />
			<output><port id="0" precision="FP32" names="x"><dim>1</dim><dim>3</dim></port></output>
		</layer>
`
	if weights > 0 {
		text += fmt.Sprintf("\t\t<layer id=\"1\" name=\"c\" type=\"Const\" version=\"opset1\">\n\t\t\t<data element_type=\"u8\" shape=\"4\" offset=\"%d\" size=\"4\" />\n\t\t</layer>\n", weights-4)
		text += "\t\t<layer id=\"2\" name=\"d\" type=\"Const\" version=\"opset1\">\n\t\t\t<data element_type=\"u8\" shape=\"2\" offset=\"0\" size=\"2\" />\n\t\t</layer>\n"
	}
	return []byte(text + "\t</layers>\n\t<edges />\n</net>\n")
}

// bytesField is a field of a protocol buffer that holds bytes or a message.
func bytesField(number protowire.Number, content ...[]byte) []byte {
	b := protowire.AppendTag(nil, number, protowire.BytesType)
	return protowire.AppendBytes(b, bytes.Join(content, nil))
}

func numberField(number protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, number, protowire.VarintType), v)
}

// onnxModel is a model whose graph holds this.
func onnxModel(graph ...[]byte) []byte {
	return bytes.Join([][]byte{numberField(1, 8), bytesField(2, []byte("tests")), bytesField(7, graph...), bytesField(8, numberField(2, 17))}, nil)
}

// tensor has its data in the file, or elsewhere.
func tensor(elsewhere bool) []byte {
	b := bytes.Join([][]byte{numberField(1, 2), numberField(2, 1), bytesField(8, []byte("w")), bytesField(9, make([]byte, 8))}, nil)
	if elsewhere {
		b = append(b, bytesField(13, bytesField(1, []byte("location")), bytesField(2, []byte("w.bin")))...)
		b = append(b, numberField(14, 1)...)
	}
	return b
}

var blob = append([]byte("RR_UPCVO"), make([]byte, 100)...)

// seal seals the model at path and returns where.
func seal(t testing.TB, path string, k *key.Key) string {
	t.Helper()
	f, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	if err := f.Seal(t.Context(), &out, k); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(put(t, map[string][]byte{"sealed": out.Bytes()}), "sealed")
}

// sealContent seals bytes that may be no model.
func sealContent(t testing.TB, k *key.Key, purpose string, content []byte) string {
	t.Helper()
	var out bytes.Buffer
	w, err := sealed.NewWriter(&out, k, purpose)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(put(t, map[string][]byte{"sealed": out.Bytes()}), "sealed")
}

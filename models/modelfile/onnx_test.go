package modelfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"google.golang.org/protobuf/encoding/protowire"

	"datum/formats"
	"datum/internal/peertest"
)

// Tensors whose data lie elsewhere are found wherever a tensor can be.
func TestExternalDataIsFound(t *testing.T) {
	node := func(number protowire.Number, content []byte) []byte {
		return bytesField(5, bytesField(1, []byte("value")), bytesField(number, content))
	}
	attribute := func(number protowire.Number, content []byte) []byte { return bytesField(1, node(number, content)) }
	sparse := func(field protowire.Number, elsewhere bool) []byte { return bytesField(field, tensor(elsewhere)) }
	for name, model := range map[string]func(elsewhere bool) []byte{
		"initializer":        func(e bool) []byte { return onnxModel(bytesField(5, tensor(false)), bytesField(5, tensor(e))) },
		"sparse initializer": func(e bool) []byte { return onnxModel(bytesField(15, sparse(1, e))) },
		"sparse indices":     func(e bool) []byte { return onnxModel(bytesField(15, sparse(2, e))) },
		"attribute":          func(e bool) []byte { return onnxModel(attribute(5, tensor(e))) },
		"list of tensors":    func(e bool) []byte { return onnxModel(attribute(10, tensor(e))) },
		"branch":             func(e bool) []byte { return onnxModel(attribute(6, bytesField(5, tensor(e)))) },
		"list of graphs":     func(e bool) []byte { return onnxModel(attribute(11, bytesField(5, tensor(e)))) },
		"branch in a branch": func(e bool) []byte { return onnxModel(attribute(6, attribute(6, attribute(5, tensor(e))))) },
		"sparse attribute":   func(e bool) []byte { return onnxModel(attribute(22, sparse(1, e))) },
		"function":           func(e bool) []byte { return append(onnxModel(), bytesField(25, bytesField(7, node(5, tensor(e))))...) },
		"default of function": func(e bool) []byte {
			return append(onnxModel(), bytesField(25, bytesField(11, bytesField(5, tensor(e))))...)
		},
		"training": func(e bool) []byte {
			return append(onnxModel(), bytesField(20, bytesField(1, bytesField(5, tensor(e))))...)
		},
	} {
		for _, elsewhere := range []bool{false, true} {
			b := model(elsewhere)
			err := checkONNX(bufio.NewReader(bytes.NewReader(b)), int64(len(b)))
			if found := errors.Is(err, formats.ErrUnknownFormat) && strings.Contains(err.Error(), "other files"); found != elsewhere || !elsewhere && err != nil {
				t.Errorf("%s, elsewhere %v: %v", name, elsewhere, err)
			}
		}
	}
}

// Deep nesting ends in an error, not in a deep stack.
func TestNestingIsBounded(t *testing.T) {
	b := tensor(true)
	b = bytesField(5, b)
	for range 5000 {
		b = bytesField(1, bytesField(5, bytesField(6, b)))
	}
	b = bytesField(7, b)
	if err := checkONNX(bufio.NewReader(bytes.NewReader(b)), int64(len(b))); !errors.Is(err, formats.ErrUnknownFormat) || strings.Contains(err.Error(), "other files") {
		t.Errorf("%v", err)
	}
}

func TestONNXReadErrors(t *testing.T) {
	b, broken := onnxModel(bytesField(5, tensor(false))), errors.New("the disk is broken")
	for i := range b {
		r := io.MultiReader(bytes.NewReader(b[:i]), iotest.ErrReader(broken))
		if err := checkONNX(bufio.NewReader(r), int64(len(b))); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", i, err)
		}
	}
}

// Models that people made are taken for what they are.
func TestRealModels(t *testing.T) {
	dir := peertest.Dir(t, "models")
	for _, name := range []string{"yunet.onnx", "picodet_layout.onnx", "yolo11n.onnx"} {
		path := filepath.Join(dir, name)
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Load(t.Context(), seal(t, path, newKey(t)), newKey(t))
		if err != nil {
			t.Fatal(err)
		}
		if m.Kind != ONNX || !bytes.Equal(m.Model, want) {
			t.Errorf("%s: %s of %d bytes", name, m.Kind, len(m.Model))
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

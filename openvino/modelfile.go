package openvino

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// modelFiles are the extensions of what the runtime reads, with how such a file may
// begin, where that is known. The runtime takes the name of a file for a hint only, asks
// all its readers about anything, and some of them complain on standard error.
var modelFiles = map[string]func(start []byte) bool{
	".xml":  beginsLikeXML,
	".onnx": beginsLikeONNX,
	".pb":   nil, ".pbtxt": nil, ".meta": nil, ".tflite": nil, ".pdmodel": nil, ".gguf": nil,
}

// startLength is how much of a file is looked at.
const startLength = 4096

// checkModelFile refuses what is certainly not a model.
func checkModelFile(path string) error {
	refuse := func(why string) error {
		return &Error{Op: "reading " + path, Text: why, Err: ErrModel}
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return refuse("it is not a file")
	}
	extension := strings.ToLower(filepath.Ext(path))
	like, known := modelFiles[extension]
	if !known {
		return refuse("no model has a name like that: it ends in .xml, .onnx, .pb, .tflite or .pdmodel")
	}
	start := make([]byte, startLength)
	n, err := io.ReadFull(file, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if n == 0 {
		return refuse("it is empty")
	}
	if like != nil && !like(start[:n]) {
		return refuse(fmt.Sprintf("it does not begin like a file of %s", extension))
	}
	return nil
}

// beginsLikeXML reports whether the first element, if it is near enough, is a model's.
func beginsLikeXML(start []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	if !bytes.HasPrefix(text, []byte("<")) {
		return false
	}
	decoder := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := decoder.RawToken()
		if element, ok := token.(xml.StartElement); ok {
			return element.Name.Local == "net"
		}
		if err != nil {
			return len(start) == startLength
		}
	}
}

// beginsLikeONNX reports whether the first byte is the key of a field that the message
// ModelProto has.
func beginsLikeONNX(start []byte) bool {
	return bytes.IndexByte([]byte{0x08, 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72, 0xa2, 0xca}, start[0]) >= 0
}

package labelme

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"

	"datum/formats"
)

// embedded is a picture whose bytes are in the annotation file, in base64. It
// is decoded when it is opened.
type embedded struct {
	m    *importer
	file string
}

// Open reads the file and decodes the picture.
func (e embedded) Open() (io.ReadCloser, error) {
	text, err := e.m.folder.ReadFile(e.file, e.m.limits.RecordBytes)
	if err != nil {
		return nil, formats.At(e.m.folder, formatName, e.file, err)
	}
	var doc struct {
		ImageData string `json:"imageData"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(text, byteOrderMark), &doc); err != nil {
		return nil, e.m.at(e.file, text, "", bad("no JSON: %w", err))
	}
	picture, err := base64.StdEncoding.DecodeString(doc.ImageData)
	if err != nil {
		return nil, e.m.at(e.file, text, "", bad("imageData is not base64: %w", err))
	}
	return io.NopCloser(bytes.NewReader(picture)), nil
}

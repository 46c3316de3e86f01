package binary

import (
	"bytes"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

var otherMedia = []dataset.MediaKind{dataset.MediaPointCloud, dataset.MediaVideo, dataset.MediaVideoFrame}

// namesOnly is what every format loses of the sample.
var namesOnly = map[string]int{"media files not saved, since the source holds only their names": 1}

func TestConformancePlain(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{Format: Format(), KeepsCarried: true, Media: otherMedia, Losses: namesOnly})
}

func TestConformanceEncrypted(t *testing.T) {
	k := testKey(t)
	formatstest.Run(t, formatstest.Suite{
		Format: Format(), KeepsCarried: true, Media: otherMedia, Losses: namesOnly,
		Export: formats.ExportOptions{Key: k, EncryptAllMedia: true},
		Import: formats.ImportOptions{Key: k},
		Opened: opened,
	})
}

// opened replaces the tokens of a .datum or media file by what is in them. A
// sidecar holds random numbers and the HMACs of other tokens besides, so of it
// nothing is compared.
func opened(t testing.TB, name string, content []byte) []byte {
	s := sealer{testKey(t).Cipher()}
	if bytes.HasPrefix(content, []byte("datum sidecar")) {
		return nil
	}
	h, err := readHead(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		plain, err := s.open(content)
		if err != nil {
			t.Errorf("%s is neither a .datum file nor a token", name)
		}
		return plain
	}
	c, err := h.open(s, int64(len(content))-h.blobsAt)
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, section := range h.sections()[1:] {
		plain, err := s.open(*section.at)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, plain...)
	}
	rest := content[h.blobsAt:]
	for _, n := range c.sizes {
		plain, err := s.open(rest[:n])
		if err != nil {
			t.Fatal(err)
		}
		out, rest = append(out, plain...), rest[n:]
	}
	return out
}

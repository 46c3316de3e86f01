package modelfile

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	"datum/formats"
)

// Hash is a SHA-256.
type Hash [32]byte

// MarshalText gives hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText takes 64 hexadecimal digits.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != 2*len(h) {
		return errors.New("a SHA-256 has 64 digits")
	}
	_, err := hex.Decode(h[:], text)
	return err
}

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// A Part is one file of a model.
type Part struct {
	Name   string `json:"name"` // of the file it was, without folders
	Role   Role   `json:"role"`
	Size   int64  `json:"size"`
	SHA256 Hash   `json:"sha256"` // all zero where it is not known yet
}

// manifest ends the content of a sealed model, before its own length. It is
// behind the parts so that they are read once when they are sealed.
type manifest struct {
	Version int    `json:"version"`
	Parts   []Part `json:"parts"`
}

const (
	manifestVersion = 1
	maxManifest     = 16 << 10
	manifestLength  = 4 // bytes of the length behind the manifest
	maxName         = 255
)

// append appends the manifest and its length.
func (m *manifest) append(dst []byte) ([]byte, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	if len(text) > maxManifest {
		return nil, fmt.Errorf("the manifest has %d bytes", len(text))
	}
	return binary.BigEndian.AppendUint32(append(dst, text...), uint32(len(text))), nil
}

// readManifest reads the manifest at the end of so many bytes. What it says is
// checked against them.
func readManifest(r io.ReaderAt, size int64) (*manifest, error) {
	var length [manifestLength]byte
	if size < manifestLength {
		return nil, errManifest("there is none")
	}
	if _, err := r.ReadAt(length[:], size-manifestLength); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	n, rest := int64(binary.BigEndian.Uint32(length[:])), size-manifestLength
	if n > maxManifest || n > rest {
		return nil, errManifest("it cannot have %d bytes", n)
	}
	text := make([]byte, n)
	if _, err := r.ReadAt(text, rest-n); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return parseManifest(text, rest-n)
}

func parseManifest(text []byte, content int64) (*manifest, error) {
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, errManifest("%w", err)
	}
	if m.Version != manifestVersion {
		return nil, errManifest("version %d is not known", m.Version)
	}
	if _, known := kindOf(m.Parts); !known {
		return nil, errManifest("there is no model of such parts")
	}
	for _, p := range m.Parts {
		if p.Size < 0 || p.Size > content {
			return nil, errManifest("a part has %d bytes of %d", p.Size, content)
		}
		if err := checkName(p.Name); err != nil {
			return nil, errManifest("%w", err)
		}
		content -= p.Size
	}
	if content != 0 {
		return nil, errManifest("%d bytes belong to no part", content)
	}
	return &m, nil
}

func errManifest(format string, args ...any) error {
	return formats.Reason(formats.ErrCorrupt, "its manifest is wrong: %w", fmt.Errorf(format, args...))
}

// checkName allows what can be shown. A name is never used as one of a file.
func checkName(name string) error {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) {
		return errors.New("a name is no name")
	}
	for _, r := range name {
		if !unicode.IsPrint(r) || r == '/' {
			return errors.New("a name has characters that no name has")
		}
	}
	return nil
}

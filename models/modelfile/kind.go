package modelfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"

	"datum/crypto/sealed"
	"datum/formats"
)

// Kind is the form that a model has.
type Kind string

// The forms of models.
const (
	IR         Kind = "ir"         // OpenVINO's own: XML, and mostly a file of weights
	ONNX       Kind = "onnx"       // one file
	TensorFlow Kind = "tensorflow" // a frozen graph, one file
	Compiled   Kind = "compiled"   // what the runtime made of a model for one kind of machine
	Clicks     Kind = "clicks"     // a click-through model with its tables, see package models/ctr/bundle
)

// Role says which file of a model a part is. It is the usual extension, too.
type Role string

// The roles of parts.
const (
	RoleXML  Role = "xml"
	RoleBin  Role = "bin"
	RoleONNX Role = "onnx"
	RolePB   Role = "pb"
	RoleBlob Role = "blob"

	RoleClicks Role = "datumctr"
)

// kinds are the parts that each kind has, in their order.
var kinds = []struct {
	kind  Kind
	roles []Role
}{
	{IR, []Role{RoleXML, RoleBin}},
	{IR, []Role{RoleXML}}, // a model without constants
	{ONNX, []Role{RoleONNX}},
	{TensorFlow, []Role{RolePB}},
	{Compiled, []Role{RoleBlob}},
	{Clicks, []Role{RoleClicks}},
}

// kindOf returns the kind that has these parts.
func kindOf(parts []Part) (Kind, bool) {
	for _, k := range kinds {
		if slices.EqualFunc(k.roles, parts, func(r Role, p Part) bool { return r == p.Role }) {
			return k.kind, true
		}
	}
	return "", false
}

// compiledMark is how OpenVINO's CPU plugin begins what it exports.
var compiledMark = []byte("RR_UPCVO")

// ClicksMark is how click-through models begin.
const ClicksMark = "datum click model "

// sniffLen is how much of a file tells its kind, unless it is ONNX, which has to
// be gone through.
const sniffLen = 4096

// isXML reports whether a file begins as an IR does.
func isXML(start []byte) bool {
	start = bytes.TrimPrefix(start, []byte("\xef\xbb\xbf"))
	return bytes.HasPrefix(bytes.TrimLeft(start, " \t\r\n"), []byte("<")) && bytes.Contains(start, []byte("<net"))
}

// plainKind finds out of which kind a plain file is, and whether it is whole in
// itself. What it returns for an unknown one matches
// [formats.ErrUnknownFormat].
func plainKind(r io.ReaderAt, size int64) (Role, error) {
	start := make([]byte, min(size, sniffLen))
	if _, err := r.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	switch {
	case sealed.Sniff(start):
		return "", formats.Reason(formats.ErrUsage, "it is sealed")
	case bytes.HasPrefix(start, compiledMark):
		return RoleBlob, nil
	case bytes.HasPrefix(start, []byte(ClicksMark)):
		return RoleClicks, nil
	case isXML(start):
		return RoleXML, nil
	case isGraphDef(r, size):
		return RolePB, nil
	}
	if err := checkONNX(bufio.NewReader(io.NewSectionReader(r, 0, size)), size); err != nil {
		return "", err
	}
	return RoleONNX, nil
}

// Recognised reports whether a file begins as a model does, plain or sealed; it
// may not be whole.
func Recognised(path string) bool {
	var f File
	defer f.Close()
	file, size, err := f.openFile(path)
	if err != nil {
		return false
	}
	start := make([]byte, min(size, sniffLen))
	if _, err := file.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	if sealed.Sniff(start) {
		return true
	}
	_, err = plainKind(file, size)
	return err == nil
}

// errNoModel is what is said of everything that is no model.
func errNoModel() error {
	return formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "it is no model that is known here"),
		"a model is an IR (.xml with its .bin), an ONNX file, a frozen TensorFlow graph (.pb), or what OpenVINO compiled; others are made into an IR with OpenVINO's ovc")
}

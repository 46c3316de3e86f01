package modelfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/formats"
)

// Purpose is for what models are sealed.
const Purpose = "model"

// A File is a model on disk.
type File struct {
	Path   string
	Kind   Kind
	Sealed bool
	// Parts are its files, the one that the runtime reads first before the
	// weights. Of a plain model their hashes are not known before they are read.
	Parts []Part

	open    []*os.File
	content []io.ReaderAt // of each part
}

// Open finds out what model lies at path and opens it: an IR by its XML. A
// sealed one needs its key; a plain one none, and k may be nil. Whether the key
// is right is known before anything else is done. Errors match the sentinels of
// package formats.
func Open(path string, k *key.Key) (*File, error) {
	f := &File{Path: path}
	if err := f.find(k); err != nil {
		f.Close()
		return nil, &formats.Error{Path: path, Err: err}
	}
	return f, nil
}

// Close closes the files.
func (f *File) Close() error {
	var err error
	for _, file := range f.open {
		err = errors.Join(err, file.Close())
	}
	f.open = nil
	return err
}

func (f *File) find(k *key.Key) error {
	file, size, err := f.openFile(f.Path)
	if err != nil {
		return err
	}
	var start [64]byte
	n, err := file.ReadAt(start[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if sealed.Sniff(start[:n]) {
		return f.openSealed(file, size, k)
	}
	role, err := plainKind(file, size)
	if err != nil {
		return err
	}
	f.add(f.Path, role, size, file)
	if role == RoleXML {
		err = f.findWeights(file, size)
	}
	f.Kind, _ = kindOf(f.Parts)
	return err
}

// openFile opens a file that stays open until Close.
func (f *File) openFile(path string) (*os.File, int64, error) {
	st, err := os.Stat(path) // before it is opened: to open a pipe would wait
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, formats.Reason(formats.ErrUnknownFormat, "there is no such file")
	case err != nil:
		return nil, 0, bare(err)
	case st.IsDir():
		return nil, 0, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "it is a folder, and holds no model of a training"), "name the file of the model")
	case !st.Mode().IsRegular():
		return nil, 0, formats.Reason(formats.ErrUnknownFormat, "it is no file")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, bare(err)
	}
	f.open = append(f.open, file)
	st, err = file.Stat()
	if err != nil {
		return nil, 0, bare(err)
	}
	return file, st.Size(), nil
}

// bare takes the path off an error that will get one.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (f *File) add(path string, role Role, size int64, content io.ReaderAt) {
	f.Parts = append(f.Parts, Part{Name: shownName(path), Role: role, Size: size})
	f.content = append(f.content, content)
}

// shownName is the name of a file in such characters as a manifest may have.
func shownName(path string) string {
	name := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return '_'
		}
		return r
	}, filepath.Base(path))
	for len(name) > maxName {
		runes := []rune(name)
		name = string(runes[:len(runes)-1])
	}
	return name
}

// findWeights opens the weights of an IR, which lie beside it under the same
// name, and checks that they are long enough.
func (f *File) findWeights(xml io.ReaderAt, size int64) error {
	need, err := weightsNeeded(io.NewSectionReader(xml, 0, size))
	if err != nil {
		return err
	}
	path := strings.TrimSuffix(f.Path, filepath.Ext(f.Path)) + ".bin"
	name := filepath.Base(path)
	weights, have, err := f.openFile(path)
	switch {
	case err == nil:
	case !errors.Is(err, formats.ErrUnknownFormat):
		return fmt.Errorf("%s: %w", name, err)
	case need > 0:
		return formats.WithHint(formats.Reason(formats.ErrCorrupt, "its weights are missing: %d bytes should be in %s", need, name), "an IR is two files, which lie side by side")
	default:
		return nil
	}
	if have < need {
		return formats.Reason(formats.ErrCorrupt, "its weights are not whole: %d bytes should be in %s, and there are %d", need, name, have)
	}
	f.add(path, RoleBin, have, weights)
	return nil
}

func (f *File) openSealed(file *os.File, size int64, k *key.Key) error {
	f.Sealed = true
	if k == nil {
		if purpose, err := sealed.Purpose(io.NewSectionReader(file, 0, size)); err != nil {
			return trouble(err)
		} else if purpose != Purpose {
			return trouble(fmt.Errorf("%w: %s", sealed.ErrPurpose, purpose))
		}
		return formats.WithHint(formats.Reason(formats.ErrKey, "it is sealed, and no key was given"), "name the file that holds the key with --encryption-key-file")
	}
	content, err := sealed.Open(file, size, k, Purpose)
	if err != nil {
		return trouble(err)
	}
	m, err := readManifest(content, content.Size())
	if err != nil {
		return trouble(err)
	}
	f.Parts = m.Parts
	f.Kind, _ = kindOf(m.Parts)
	at := int64(0)
	for _, p := range m.Parts {
		f.content = append(f.content, io.NewSectionReader(content, at, p.Size))
		at += p.Size
	}
	return nil
}

// trouble says what an error of a sealed file means to those who call the
// program.
func trouble(err error) error {
	switch {
	case errors.Is(err, sealed.ErrKey):
		return formats.WithHint(formats.Reason(formats.ErrKey, "%w", err), "it was sealed under another key, or its first hundred bytes were changed")
	case errors.Is(err, sealed.ErrCorrupt):
		return formats.Reason(formats.ErrAuthentication, "%w", err)
	case errors.Is(err, sealed.ErrPurpose), errors.Is(err, sealed.ErrVersion), errors.Is(err, sealed.ErrNotSealed), errors.Is(err, sealed.ErrTooLong):
		return formats.Reason(formats.ErrUnknownFormat, "%w", err)
	case errors.Is(err, key.ErrDestroyed):
		return formats.Reason(formats.ErrKey, "%w", err)
	}
	return err
}

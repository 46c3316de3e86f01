package binary

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"datum/crypto/fernet"
	"datum/crypto/key"
	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/binary/internal/sidecar"
)

// importer reads one dataset.
type importer struct {
	dir   *files.Folder
	opts  formats.ImportOptions
	seal  sealer
	codec *sidecar.Codec
	files []*subsetFile
	info  dataset.Info
	// opening holds the notes made before items are read, notes those of the
	// latest reading.
	opening, notes formats.Loss
	// hasSidecars says that every subset has one, and it is to be used.
	hasSidecars bool
}

// subsetFile is an open .datum file.
type subsetFile struct {
	stem   string // its name without extension, which is the name of its media folders
	path   string
	size   int64
	head   *head
	blobs  []int32
	side   *sidecar.Header // nil without a sidecar
	layout layoutGuess
}

func open(_ context.Context, folder *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	dir, names, err := locate(folder)
	if err != nil {
		return nil, err
	}
	m := &importer{dir: dir, opts: o}
	if err := m.load(names); err != nil {
		return nil, err
	}
	return m, nil
}

// locate finds the .datum files of a dataset folder, or takes the one named.
func locate(f *files.Folder) (dir *files.Folder, names []string, err error) {
	if f.Only() != "" {
		return locateFile(f)
	}
	entries, err := f.ReadDir(annotationsDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, formats.At(f, formatName, annotationsDir, err)
	}
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".datum") {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil, nil, formats.Reason(formats.ErrUnknownFormat, "%s: no .datum file in its folder %s", f.Path("."), annotationsDir)
	}
	return f, names, nil
}

func locateFile(f *files.Folder) (dir *files.Folder, names []string, err error) {
	name := f.Only()
	if f.Base() == annotationsDir && strings.HasSuffix(name, ".datum") {
		if dir, _, err = f.Parent(); err == nil {
			return dir, []string{name}, nil
		}
	}
	return nil, nil, formats.Reason(formats.ErrUnknownFormat, "%s: a .datum file is part of a dataset only inside its folder %s", f.Path(name), annotationsDir)
}

func (m *importer) load(names []string) error {
	for _, name := range names {
		f := &subsetFile{stem: strings.TrimSuffix(name, ".datum"), path: m.dir.Path(annotationsDir + "/" + name)}
		if err := m.loadFile(f, name); err != nil {
			return inFile(f.path, err)
		}
		m.files = append(m.files, f)
	}
	if m.opts.IgnoreSidecar {
		m.orderAsFound()
		return nil
	}
	return m.loadSidecars()
}

func (m *importer) loadFile(f *subsetFile, name string) error {
	file, err := m.dir.OpenFile(annotationsDir + "/" + name)
	if err != nil {
		return err
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		return err
	}
	f.size = st.Size()
	if f.head, err = readHead(file, f.size); err != nil {
		return err
	}
	first := len(m.files) == 0
	if !first && f.head.encrypted() != m.files[0].head.encrypted() {
		return formats.WithHint(placed(0, "one subset is encrypted and another (%s) is not", m.files[0].path),
			"Datumaro's save() left such a mix; open the .datum files one by one, by their own paths")
	}
	if err := m.checkKey(f.head, first); err != nil {
		return err
	}
	c, err := f.head.open(m.seal, f.size-f.head.blobsAt)
	if err != nil {
		return err
	}
	f.blobs = c.sizes
	if first {
		m.info = c.info
	} else if !sameInfo(&m.info, &c.info) {
		return placed(0, "infos, categories or media type are not those of %s", m.files[0].path)
	}
	return nil
}

func sameInfo(a, b *dataset.Info) bool {
	return a.MediaKind == b.MediaKind && reflect.DeepEqual(a.Categories, b.Categories) &&
		bytes.Equal(a.Attributes.AppendJSON(nil), b.Attributes.AppendJSON(nil))
}

// checkKey compares the key with the one that the file was encrypted under.
func (m *importer) checkKey(h *head, first bool) error {
	k := m.opts.Key
	switch {
	case !h.encrypted() && k != nil:
		return formats.WithHint(formats.Reason(formats.ErrKey, "a key was given, but the dataset is not encrypted"), "leave the key out")
	case !h.encrypted():
		return nil
	case k == nil:
		return formats.WithHint(formats.Reason(formats.ErrKey, "the dataset is encrypted and no key was given"),
			"name the file that holds the key with --encryption-key-file, or set DATUM_ENCRYPTION_KEY_FILE")
	}
	cipher := k.Cipher()
	text, err := cipher.AppendDecrypt(nil, h.check)
	if err != nil {
		return m.wrongKey(h, cipher, first, err)
	}
	defer clear(text)
	if !sameKey(text, k) {
		return placed(0, "the encryption field does not hold the key")
	}
	m.seal.cipher = cipher
	return nil
}

// wrongKey tells a wrong key from a damaged encryption field: under the right
// key another section can be read.
func (m *importer) wrongKey(h *head, cipher *fernet.Cipher, first bool, err error) error {
	damaged := !errors.Is(err, fernet.ErrAuthentication)
	if !damaged {
		_, e := cipher.AppendDecrypt(nil, h.infos)
		damaged = e == nil
	}
	if damaged {
		return &placedError{int64(len(signature)), formats.Reason(formats.ErrAuthentication, "the encryption field is damaged: %w", err)}
	}
	if !first {
		return formats.WithHint(formats.Reason(formats.ErrKey, "it is encrypted under another key than %s", m.files[0].path),
			"Datumaro overwrote the key file when it exported twice into one folder; open the .datum files one by one, each with its own key")
	}
	return formats.WithHint(formats.Reason(formats.ErrKey, "the key is not the one that the dataset was encrypted under"),
		"datum key fingerprint tells keys apart without showing them")
}

// sameKey compares the secret part only: Datumaro took any six bytes before
// it.
func sameKey(text []byte, k *key.Key) bool {
	own := k.AppendText(nil)
	defer clear(own)
	n := len(key.Prefix)
	return len(text) == len(own) && subtle.ConstantTimeCompare(text[n:], own[n:]) == 1
}

// inFile gives an error the place it is missing.
func inFile(path string, err error) error {
	if err == nil {
		return nil
	}
	var known *formats.Error
	if errors.As(err, &known) {
		return err
	}
	e := &formats.Error{Format: formatName, Path: path, Err: err}
	var at *placedError
	if errors.As(err, &at) {
		e.Offset = at.offset + 1
	}
	if h := formats.Hint(err); h != "" {
		return formats.WithHint(e, "%s", h)
	}
	return e
}

// orderAsFound lists the subsets in the order of their files.
func (m *importer) orderAsFound() {
	for _, f := range m.files {
		n := -1
		if len(f.blobs) == 0 {
			n = 0
		}
		m.info.Subsets = append(m.info.Subsets, dataset.Subset{Name: f.stem, Items: n})
	}
}

const sidecarHint = "if a program other than datum rewrote the dataset, --ignore-sidecar reads it as that program would"

// loadSidecars opens the header of each sidecar and checks that they and the
// .datum files belong together.
func (m *importer) loadSidecars() error {
	found := 0
	for _, f := range m.files {
		h, err := m.sidecarHeader(f)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return sidecarError(f, err)
		}
		f.side = h
		found++
	}
	if found == 0 {
		m.opening.Add("subsets without a sidecar, read as Datumaro would read them", m.files[0].path, len(m.files))
		m.orderAsFound()
		return nil
	}
	m.hasSidecars = true
	return m.matchSidecars()
}

func sidecarError(f *subsetFile, err error) error {
	return formats.WithHint(&formats.Error{
		Format: formatName, Path: strings.TrimSuffix(f.path, ".datum") + ".sidecar",
		Err: formats.Reason(formats.ErrAuthentication, "%w", err),
	}, sidecarHint)
}

func (m *importer) sidecarHeader(f *subsetFile) (*sidecar.Header, error) {
	file, r, err := m.openSidecar(f)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return r.Header()
}

func (m *importer) openSidecar(f *subsetFile) (files.File, *sidecar.Reader, error) {
	if m.codec == nil {
		var err error
		if m.codec, err = sidecar.NewCodec(m.seal.cipher); err != nil {
			return nil, nil, err
		}
	}
	file, err := m.dir.OpenFile(annotationsDir + "/" + f.stem + ".sidecar")
	if err != nil {
		return nil, nil, err
	}
	st, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	r, err := sidecar.NewReader(file, st.Size(), m.codec)
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, r, nil
}

// matchSidecars checks each header against its file and the headers against
// each other, and puts the files into the order in which they were written.
func (m *importer) matchSidecars() error {
	first := m.files[0].side
	for _, f := range m.files {
		h := f.side
		switch {
		case h == nil:
			return sidecarError(f, errors.New("it is missing, while other subsets have theirs"))
		case h.Subset != f.stem:
			return sidecarError(f, fmt.Errorf("it belongs to subset %q", h.Subset))
		case !bytes.Equal(h.DatumHead, f.head.digest[:]):
			return sidecarError(f, fmt.Errorf("it does not belong to %s: the head differs", f.path))
		case h.Blobs != uint64(len(f.blobs)):
			return sidecarError(f, fmt.Errorf("it speaks of %d blobs, there are %d", h.Blobs, len(f.blobs)))
		case !bytes.Equal(h.ExportId, first.ExportId):
			return sidecarError(f, fmt.Errorf("it comes from another export than that of subset %q", first.Subset))
		}
	}
	info, err := first.Dataset()
	if err != nil {
		return sidecarError(m.files[0], err)
	}
	m.info = *info
	return m.orderAsWritten()
}

func (m *importer) orderAsWritten() error {
	var ordered []*subsetFile
	for _, s := range m.info.Subsets {
		i := slices.IndexFunc(m.files, func(f *subsetFile) bool { return f.stem == s.Name })
		if i >= 0 {
			ordered = append(ordered, m.files[i])
		}
	}
	if single := len(m.files) == 1 && len(ordered) == 1; single && len(m.info.Subsets) > 1 {
		return m.onlySubset(ordered[0])
	}
	if len(ordered) != len(m.info.Subsets) || len(ordered) != len(m.files) {
		return sidecarError(m.files[0], fmt.Errorf("the dataset was written with %d subsets, %d of them are here, in %d files", len(m.info.Subsets), len(ordered), len(m.files)))
	}
	m.files = ordered
	return nil
}

// onlySubset narrows the info when one .datum file of several was opened. It
// is an error where the others are gone.
func (m *importer) onlySubset(f *subsetFile) error {
	for _, s := range m.info.Subsets {
		if _, err := m.dir.Stat(annotationsDir + "/" + s.Name + ".datum"); err != nil {
			return sidecarError(f, fmt.Errorf("subset %q is gone: %w", s.Name, err))
		}
	}
	m.info.Subsets = []dataset.Subset{*m.info.Subset(f.stem)}
	return nil
}

// Info returns what the heads and sidecars say.
func (m *importer) Info() *dataset.Info { return &m.info }

// Notes says what was tolerated.
func (m *importer) Notes() formats.Loss {
	var all formats.Loss
	all.Merge(m.opening)
	all.Merge(m.notes)
	return all
}

// Close does nothing: the folder belongs to the caller.
func (m *importer) Close() error { return nil }

package shard

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
)

// What is in the folder of a part.
const (
	datasetDir   = "dataset"
	manifestName = "manifest.json"
	tokenName    = "manifest.token" // the same as a token under the key
)

// manifestVersion is that of the manifests that this package writes.
const manifestVersion = 1

// maxManifest bounds what is read of a manifest.
const maxManifest = 64 << 20

// manifest says what is in a part and how it came about.
type manifest struct {
	Version int    `json:"datum_shard"`
	Tool    string `json:"tool"`
	Part    Part   `json:"part"`
	Plan    plan   `json:"plan"`
	// Options is the digest of the plan, Input that of all items of the input.
	Options string `json:"options_digest"`
	Input   string `json:"input_digest"`
	// Total counts the items of the whole input, Items those of the part.
	Total int64 `json:"total"`
	Items int64 `json:"items"`
	// Subsets are those of the input, First has the ordinal of the part's first
	// item in each.
	Subsets []subset         `json:"subsets"`
	First   map[string]int64 `json:"first"`
	// Notes are about the whole input, Lost about the part.
	Notes []formats.LossEntry `json:"notes"`
	Lost  []loss              `json:"lost"`
	// Skipped counts the bad records of the whole input, Missing the media
	// files of the part that were not there.
	Skipped      int      `json:"skipped"`
	SkippedFirst []string `json:"skipped_first"`
	Missing      int      `json:"missing"`
	// Stored is what the files of the part were when it was complete: a picture
	// in plain is bound to nothing, and could be cut short unnoticed.
	Stored stored `json:"stored"`
}

// stored sums up the files of a part.
type stored struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

// measure sums up the files in the folder of a part's dataset.
func measure(folder string) (s stored, err error) {
	err = filepath.WalkDir(filepath.Join(folder, datasetDir), func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		st, err := e.Info()
		if err != nil {
			return err
		}
		s.Files, s.Bytes = s.Files+1, s.Bytes+st.Size()
		return nil
	})
	return s, err
}

// subset is a subset of the input. Its number of items is -1 where it was not
// known before they were read.
type subset struct {
	Name       string          `json:"name"`
	Items      int             `json:"items"`
	Attributes json.RawMessage `json:"attributes,omitempty"`
}

// loss is a kind of loss with the ordinal of the item that was the first.
type loss struct {
	formats.LossEntry
	Ordinal int64 `json:"ordinal"`
}

func subsetsOf(i *dataset.Info) (out []subset) {
	for _, s := range i.Subsets {
		x := subset{Name: s.Name, Items: s.Items}
		if len(s.Attributes) > 0 {
			x.Attributes = s.Attributes.AppendJSON(nil)
		}
		out = append(out, x)
	}
	return out
}

func (m *manifest) subsets() (out []dataset.Subset, err error) {
	for _, s := range m.Subsets {
		x := dataset.Subset{Name: s.Name, Items: s.Items}
		if len(s.Attributes) > 0 {
			if x.Attributes, err = dataset.ParseAttributes(s.Attributes); err != nil {
				return nil, err
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// sameRun reports whether two parts are of one dataset.
func (m *manifest) sameRun(other *manifest) bool {
	return m.Tool == other.Tool && m.Options == other.Options && m.Input == other.Input && m.Total == other.Total && m.Part.Count == other.Part.Count
}

// write writes the manifest into the folder of a part, as a token where there is
// a key.
func (m *manifest) write(folder string, k *key.Key) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	name := manifestName
	if k != nil {
		name, text = tokenName, k.Cipher().AppendEncrypt(nil, text)
	}
	f, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// readManifest reads the manifest in the folder of a part. Its errors match
// ErrCorrupt, ErrAuthentication and ErrKey.
func readManifest(folder string, k *key.Key) (*manifest, error) {
	encrypted, err := isEncrypted(folder)
	if err != nil {
		return nil, err
	}
	name := manifestName
	if encrypted {
		name = tokenName
	}
	path := filepath.Join(folder, name)
	switch {
	case encrypted && k == nil:
		return nil, formats.WithHint(formats.Reason(formats.ErrKey, "%s: the shard is encrypted and no key was given", folder), "name the file that holds the key with --encryption-key-file")
	case !encrypted && k != nil:
		return nil, formats.Reason(formats.ErrKey, "%s: a key was given, but the shard is not encrypted", folder)
	}
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if encrypted {
		if text, err = k.Cipher().AppendDecrypt(nil, text); err != nil {
			return nil, formats.WithHint(formats.Reason(formats.ErrAuthentication, "%s: the key is another one, or the manifest is damaged: %w", path, err), "all shards of a dataset are under one key")
		}
	}
	return parseManifest(path, text)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err == nil && len(text) > maxManifest {
		err = formats.Reason(formats.ErrCorrupt, "%s: a manifest of more than %d bytes", path, maxManifest)
	}
	return text, err
}

func parseManifest(path string, text []byte) (*manifest, error) {
	m := &manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "%s: %w", path, err)
	}
	return m, m.check(path)
}

// check refuses what no process of this version writes.
func (m *manifest) check(path string) error {
	bad := func(format string, args ...any) error {
		return formats.Reason(formats.ErrCorrupt, "%s: %s", path, fmt.Sprintf(format, args...))
	}
	switch {
	case m.Version != manifestVersion:
		return bad("the manifest is of version %d, this program knows version %d", m.Version, manifestVersion)
	case m.Part.check() != nil:
		return bad("it is of shard %s, which cannot be", m.Part)
	case m.Items < 0 || m.Total < m.Items || m.Skipped < 0 || m.Missing < 0:
		return bad("its counts cannot be")
	case m.Options != m.Plan.digest():
		return bad("the options are not those of their digest")
	}
	seen := map[string]bool{}
	for _, s := range m.Subsets {
		if seen[s.Name] || s.Items < -1 {
			return bad("the subset %q cannot be", s.Name)
		}
		seen[s.Name] = true
	}
	for name, at := range m.First {
		if _, err := formats.SubsetFileName(name); err != nil || name == "" || at < 0 || at >= m.Total {
			return bad("the first item of subset %q cannot have the ordinal %d", name, at)
		}
	}
	for _, l := range m.Lost {
		if l.Count < 1 {
			return bad("its losses cannot be")
		}
	}
	return nil
}

// isEncrypted reports whether the manifest in the folder of a part is a token.
func isEncrypted(folder string) (bool, error) {
	_, token := os.Lstat(filepath.Join(folder, tokenName))
	_, plain := os.Lstat(filepath.Join(folder, manifestName))
	switch {
	case (token == nil) != (plain == nil):
		return token == nil, nil
	case token == nil:
		return false, formats.Reason(formats.ErrCorrupt, "%s: the shard has two manifests", folder)
	case errors.Is(plain, fs.ErrNotExist):
		return false, formats.Reason(formats.ErrCorrupt, "%s: the shard has no manifest", folder)
	}
	return false, plain
}

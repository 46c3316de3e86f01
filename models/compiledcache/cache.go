// Package compiledcache keeps compiled models for the next run, in a folder of
// the user's: to compile one again takes many times as long as to read it back.
//
// OpenVINO has a cache of its own, but that leaves the weights in clear, also
// where it encrypts, and takes an entry that was changed for a good one. Here an
// entry is a sealed file under the key of the model (purpose "compiled-model"),
// and nothing of it is handed out before all of it has been authenticated. Names
// of entries tell nothing to those without the key, not even whether two are of
// one model, or of a model that they know.
//
// An entry is for one model, one version of the runtime, one kind of processor
// and one set of options: an [ID], whose digest is in the entry. What does not
// match is no entry.
package compiledcache

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/internal/privatemem"
)

// Purpose is for what entries are sealed.
const Purpose = "compiled-model"

// namesPurpose is for what the key of names is derived.
const namesPurpose = "compiled-model names v1"

// ErrMiss: there is no such entry.
var ErrMiss = errors.New("no compiled model is kept")

// An ID says what a compiled model depends on.
type ID struct {
	Model   [sha256.Size]byte // of what is in the files of the model
	Changes string            // what was changed in the model before it was compiled
	Runtime string            // its version
	Machine string            // the name and the abilities of the processor
	Options string            // with which it was compiled, device and all
}

// digest is different for any two IDs.
func (id *ID) digest() [sha256.Size]byte {
	h := sha256.New()
	h.Write(id.Model[:])
	for _, s := range []string{id.Changes, id.Runtime, id.Machine, id.Options} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		io.WriteString(h, s)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// A Cache is a folder of compiled models under one key; others may be in it,
// too.
type Cache struct {
	dir string
	key *key.Key
	// Limit is how many bytes all entries may have together. The ones that were
	// not used for longest are removed.
	Limit int64
}

// DefaultLimit is that of a new Cache.
const DefaultLimit = 4 << 30

// Dir is the folder where users expect caches.
func Dir() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "datum", "compiled-models"), err
}

// New returns the cache in a folder, which is made when something is put there.
// The key must not be destroyed before the cache was used.
func New(dir string, k *key.Key) *Cache { return &Cache{dir: dir, key: k, Limit: DefaultLimit} }

const (
	suffix = ".compiled"
	temp   = ".new-"
)

// path is where the entry of a digest lies.
func (c *Cache) path(digest *[sha256.Size]byte) (string, error) {
	k, err := c.key.Derive(namesPurpose, sha256.Size)
	if err != nil {
		return "", err
	}
	defer clear(k)
	mac := hmac.New(sha256.New, k)
	mac.Write(digest[:])
	return filepath.Join(c.dir, hex.EncodeToString(mac.Sum(nil)[:20])+suffix), nil
}

// Get returns the compiled model that was put under an ID. The caller frees the
// memory when the runtime does not need it any more. Without an entry the error
// is [ErrMiss]. An entry that is not whole, or not what was put, is removed, and
// the error says what was wrong.
func (c *Cache) Get(id ID) (*privatemem.Memory, error) {
	digest := id.digest()
	path, err := c.path(&digest)
	if err != nil {
		return nil, err
	}
	m, err := c.read(path, &digest)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrMiss
	case errors.Is(err, errBad):
		os.Remove(path)
		return nil, err
	case err != nil:
		return nil, err
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // only for which one is removed first
	return m, nil
}

// errBad marks entries that are of no use.
var errBad = errors.New("the compiled model that was kept is not what was put there")

func (c *Cache) read(path string, digest *[sha256.Size]byte) (*privatemem.Memory, error) {
	if st, err := os.Lstat(path); err != nil {
		return nil, err
	} else if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		return nil, err
	}
	content, err := sealed.Open(file, st.Size(), c.key, Purpose)
	if err != nil {
		return nil, bad(err)
	}
	var got [sha256.Size]byte
	if _, err := content.ReadAt(got[:], 0); err != nil || subtle.ConstantTimeCompare(got[:], digest[:]) != 1 {
		return nil, bad(errors.Join(err, errors.New("it is another one")))
	}
	return load(content)
}

// load reads what stands behind the digest.
func load(content *sealed.File) (*privatemem.Memory, error) {
	m, err := privatemem.New(content.Size() - sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("no memory for a compiled model of %d bytes: %w", content.Size(), err)
	}
	if _, err := content.ReadAt(m.Bytes(), sha256.Size); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(bad(err), m.Free())
	}
	return m, nil
}

// bad tells what is wrong with an entry from what is wrong with the machine.
func bad(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) || errors.Is(err, key.ErrDestroyed) {
		return err
	}
	return fmt.Errorf("%w: %w", errBad, err)
}

// Put keeps what export writes under an ID. A reader sees all of it or nothing.
func (c *Cache) Put(id ID, export func(io.Writer) error) error {
	digest := id.digest()
	path, err := c.path(&digest)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(c.dir, temp) // for its owner only
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // of no effect when it has got its name
	defer file.Close()
	if err := c.write(file, &digest, export); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return c.prune(path)
}

func (c *Cache) write(w io.Writer, digest *[sha256.Size]byte, export func(io.Writer) error) error {
	out, err := sealed.NewWriter(w, c.key, Purpose)
	if err != nil {
		return err
	}
	if _, err := out.Write(digest[:]); err != nil {
		return err
	}
	if err := export(out); err != nil {
		return err
	}
	return out.Close()
}

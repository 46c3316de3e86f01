package key

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// Params are the costs of Argon2id, RFC 9106, which make guessing a passphrase
// slow.
type Params struct {
	Time    uint32 // passes over the memory, 2 to 16
	Memory  uint32 // in KiB, 19 MiB to 1 GiB
	Threads uint8  // 1 to 16
}

// DefaultParams is the second recommendation of RFC 9106: three passes over
// 64 MiB with four threads.
var DefaultParams = Params{Time: 3, Memory: 64 << 10, Threads: 4}

// The floor is what OWASP recommends at least. The cap keeps a hostile file
// from using up the machine which reads it.
const (
	minTime, maxTime       = 2, 16
	minMemory, maxMemory   = 19 << 10, 1 << 20
	minThreads, maxThreads = 1, 16
)

func (p Params) check() error {
	switch {
	case p.Time < minTime || p.Time > maxTime:
		return fmt.Errorf("time is %d passes, not %d to %d", p.Time, minTime, maxTime)
	case p.Memory < minMemory || p.Memory > maxMemory:
		return fmt.Errorf("memory is %d KiB, not %d to %d", p.Memory, minMemory, maxMemory)
	case p.Threads < minThreads || p.Threads > maxThreads:
		return fmt.Errorf("threads are %d, not %d to %d", p.Threads, minThreads, maxThreads)
	}
	return nil
}

const saltLen = 16

// wrapped is the content of a wrapped key file.
type wrapped struct {
	params Params
	salt   [saltLen]byte
	name   string // fingerprint of the key inside
	sealed [secretLen + 16]byte
}

const (
	wrappedStart = "datum-wrapped-key "
	wrappedForm  = wrappedStart + `v1
kdf: argon2id
time: %d
memory: %d
threads: %d
salt: %s
cipher: aes-256-gcm
fingerprint: %s
`
	sealedForm = "sealed: %s\n"
)

// isWrapped reports whether a file holds a wrapped key, of any version.
func isWrapped(data []byte) bool { return bytes.HasPrefix(data, []byte(wrappedStart)) }

// header is all of the text but its last line; it is what gets authenticated
// beside the key.
func (w *wrapped) header() []byte {
	salt := base64.URLEncoding.EncodeToString(w.salt[:])
	return fmt.Appendf(nil, wrappedForm, w.params.Time, w.params.Memory, w.params.Threads, salt, w.name)
}

func (w *wrapped) text() []byte {
	return fmt.Appendf(w.header(), sealedForm, base64.URLEncoding.EncodeToString(w.sealed[:]))
}

// aead derives the cipher of this one file. Its key is never used twice, for the
// salt is random, and so the nonce may be all zero.
func (w *wrapped) aead(passphrase []byte) (aead cipher.AEAD, nonce []byte, err error) {
	derived := argon2.IDKey(passphrase, w.salt[:], w.params.Time, w.params.Memory, w.params.Threads, 32)
	defer clear(derived)
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, nil, err
	}
	aead, err = cipher.NewGCM(block)
	if err != nil {
		return nil, nil, err
	}
	return aead, make([]byte, aead.NonceSize()), nil
}

// Wrap returns the text of a file which holds the key under a passphrase. The
// costs are derived with Argon2id, the key is sealed with AES-256-GCM, and the
// rest of the file is authenticated with it. The file shows the fingerprint of
// the key. An empty passphrase is refused with [ErrPassphrase].
func Wrap(k *Key, passphrase []byte, p Params) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("wrap key: %w", err)
	}
	if len(passphrase) == 0 {
		return nil, fmt.Errorf("wrap key: %w: it is empty", ErrPassphrase)
	}
	w := wrapped{params: p, name: k.Fingerprint()}
	if _, err := rand.Read(w.salt[:]); err != nil {
		return nil, fmt.Errorf("wrap key: %w", err)
	}
	aead, nonce, err := w.aead(passphrase)
	if err != nil {
		return nil, fmt.Errorf("wrap key: %w", err)
	}
	err = k.use(func(secret *[secretLen]byte) {
		aead.Seal(w.sealed[:0], nonce, secret[:], w.header())
	})
	if err != nil {
		return nil, fmt.Errorf("wrap key: %w", err)
	}
	return w.text(), nil
}

// Unwrap returns the key of a text made by [Wrap]. The error is [ErrMalformed]
// when data is not such a text, or its costs are out of range, which is found
// before any work is done, and [ErrPassphrase] when the passphrase is empty or
// wrong or the text was changed.
func Unwrap(data, passphrase []byte) (*Key, error) {
	w, err := parseWrapped(data)
	if err != nil {
		return nil, fmt.Errorf("unwrap key: %w", err)
	}
	if len(passphrase) == 0 {
		return nil, fmt.Errorf("unwrap key: %w: it is empty", ErrPassphrase)
	}
	aead, nonce, err := w.aead(passphrase)
	if err != nil {
		return nil, fmt.Errorf("unwrap key: %w", err)
	}
	secret := new([secretLen]byte)
	if _, err := aead.Open(secret[:0], nonce, w.sealed[:], w.header()); err != nil {
		return nil, fmt.Errorf("unwrap key: %w", ErrPassphrase)
	}
	k := hold(secret)
	// GCM alone would let one file be made which opens under two passphrases;
	// the fingerprint ties it to one key.
	if k.Fingerprint() != w.name {
		k.Destroy()
		return nil, fmt.Errorf("unwrap key: %w", ErrPassphrase)
	}
	return k, nil
}

var errWrappedForm = errors.New("not a datum-wrapped-key v1")

// parseWrapped reads the text leniently and then asks that writing it again
// gives the same, so that one content has one text.
func parseWrapped(data []byte) (*wrapped, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("%w: length is more than %d bytes", ErrMalformed, maxFile)
	}
	var w wrapped
	var salt, sealed string
	_, err := fmt.Sscanf(string(data), wrappedForm+sealedForm,
		&w.params.Time, &w.params.Memory, &w.params.Threads, &salt, &w.name, &sealed)
	if err != nil || !decodeExactly(w.salt[:], salt) || !decodeExactly(w.sealed[:], sealed) || !bytes.Equal(w.text(), data) {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, errWrappedForm)
	}
	if err := w.params.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return &w, nil
}

// decodeExactly fills dst from base64 and reports whether it was filled.
func decodeExactly(dst []byte, text string) bool {
	raw, err := base64.URLEncoding.DecodeString(text)
	return err == nil && copy(dst, raw) == len(dst) && len(raw) == len(dst)
}

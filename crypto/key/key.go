// Package key holds the secret of an encrypted dataset, as published by
// Datumaro 1.1 to 1.11.1: the text "datum-" and 44 characters of URL-safe
// base64, which stand for 16 bytes of signing key and 16 bytes of AES key.
//
// Promises:
//
//   - A [Key] cannot be printed. Every verb of package fmt, every encoder and
//     every log handler shows a fixed text; only [Key.AppendText] and
//     [Key.WriteFile] give the secret out. [Key.Derive] gives other keys, which
//     do not lead back to it.
//   - No error holds a part of a key or of a passphrase.
//   - A key file is never overwritten, and nobody but its owner can read it.
//   - Keys are compared in constant time.
//   - What a wrapped key file asks for in memory and time is bounded before any
//     work is done.
//
// Not promised: that the secret is nowhere else in memory. [Key.Destroy] clears
// the one copy which the Key owns; a [fernet.Cipher] has its own, and the
// garbage collector and the operating system may have made more.
package key

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"sync"

	"datum/crypto/fernet"
)

const secretLen = 32

// A Key is the secret of a dataset. Any number of goroutines may use it, and
// destroy it, at once. Copies of a Key share one secret. The zero Key and a nil
// *Key behave like a destroyed one.
type Key struct {
	// Behind a function, because fmt calls no method of an unexported field:
	// it prints what a pointer there points to when a verb does not fit, as %s
	// does not. No printer looks into a function.
	vault func() *vault
}

// A vault owns the only copy of a secret.
type vault struct {
	mu     sync.RWMutex
	gone   bool
	secret [secretLen]byte
}

// New makes a random key. The error is there for systems without a source of
// randomness; crypto/rand ends the program on those today.
func New() (*Key, error) {
	var secret [secretLen]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return nil, err
	}
	return hold(&secret), nil
}

// hold moves a secret into a new key: it is cleared where it was.
func hold(secret *[secretLen]byte) *Key {
	v := &vault{secret: *secret}
	clear(secret[:])
	return &Key{func() *vault { return v }}
}

// use calls f with the secret, which f must not keep.
func (k *Key) use(f func(secret *[secretLen]byte)) error {
	if k == nil || k.vault == nil {
		return ErrDestroyed
	}
	v := k.vault()
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.gone {
		return ErrDestroyed
	}
	f(&v.secret)
	return nil
}

// Err returns [ErrDestroyed] if the key can no longer be used, else nil.
func (k *Key) Err() error { return k.use(func(*[secretLen]byte) {}) }

// Destroy overwrites the secret with zeros. After that, Err, WriteFile, Wrap
// and Derive give [ErrDestroyed], Cipher returns nil, AppendText appends nothing,
// Fingerprint is empty and Equal is false. Ciphers made before keep working:
// they have their own copy. Destroying twice does no harm.
func (k *Key) Destroy() {
	if k == nil || k.vault == nil {
		return
	}
	v := k.vault()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.gone = true
	clear(v.secret[:])
}

// Cipher returns the cipher which makes and opens the tokens of this key, or
// nil if the key was destroyed: there is no cipher which would be safe then.
func (k *Key) Cipher() (c *fernet.Cipher) {
	k.use(func(secret *[secretLen]byte) { c = fernet.New(secret) })
	return c
}

// AppendText appends the 50 characters of the key to dst. Together with
// WriteFile it is the only way to get the secret out; clear the result after
// use. Of a destroyed key it appends nothing.
func (k *Key) AppendText(dst []byte) []byte {
	k.use(func(secret *[secretLen]byte) {
		dst = base64.URLEncoding.AppendEncode(append(dst, Prefix...), secret[:])
	})
	return dst
}

const (
	fingerprintLabel = "datum key fingerprint v1"
	fingerprintMark  = "dk1:"
	fingerprintLen   = 10 // bytes: 80 bits, 16 characters
)

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Fingerprint returns a name for the key which may be shown to anybody, such as
// "dk1:ouo5-bkfy-pdbd-6ltu": the first 80 bits of HMAC-SHA256 under the whole
// secret of a fixed text that no token can start with, in lower-case base32
// (RFC 4648). It is the same on every machine and does not lead back to the
// key. It is empty if the key was destroyed.
func (k *Key) Fingerprint() string {
	var sum []byte
	err := k.use(func(secret *[secretLen]byte) {
		mac := hmac.New(sha256.New, secret[:])
		mac.Write([]byte(fingerprintLabel))
		sum = mac.Sum(nil)
	})
	if err != nil {
		return ""
	}
	s := lowerBase32.EncodeToString(sum[:fingerprintLen])
	return fingerprintMark + s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}

// Equal reports whether two keys are the same, in a time which does not depend
// on their content. A destroyed key equals none, itself included.
func (k *Key) Equal(other *Key) bool {
	var mine, its [secretLen]byte
	defer clear(mine[:])
	defer clear(its[:])
	err1 := k.use(func(secret *[secretLen]byte) { mine = *secret })
	err2 := other.use(func(secret *[secretLen]byte) { its = *secret })
	return err1 == nil && err2 == nil && subtle.ConstantTimeCompare(mine[:], its[:]) == 1
}

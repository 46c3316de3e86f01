package key

import (
	"crypto/hkdf"
	"crypto/sha256"
)

const (
	derivationLabel = "datum key derivation v1\x00"
	maxDerived      = 64
)

// Derive returns n bytes, 16 to 64, that depend on the secret and on purpose
// and tell nothing of the secret nor of what other purposes give:
//
//	HKDF-SHA256(secret = the key's 32 bytes, salt = none, info = "datum key derivation v1" 0x00 purpose)
//
// as in RFC 5869. Each use of a key has a purpose of its own, which names also
// its version, since the same purpose gives the same bytes for ever. The caller
// clears them after use. Of a destroyed key it gives [ErrDestroyed].
func (k *Key) Derive(purpose string, n int) (derived []byte, err error) {
	if n < 16 || n > maxDerived {
		panic("key: Derive gives 16 to 64 bytes")
	}
	used := k.use(func(secret *[secretLen]byte) {
		derived, err = hkdf.Key(sha256.New, secret[:], nil, derivationLabel+purpose, n)
	})
	if used != nil {
		return nil, used
	}
	return derived, err
}

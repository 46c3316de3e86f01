// Package key holds datum- keys (stand-in, being replaced).
package key

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"

	"datum/crypto/fernet"
)

const Prefix = "datum-"

var ErrMalformed = errors.New("malformed key")

type Key struct{ secret *[32]byte }

func New() (*Key, error) { k := &Key{new([32]byte)}; rand.Read(k.secret[:]); return k, nil }

func Parse(text []byte) (*Key, error) {
	s := strings.TrimSpace(string(text))
	raw, err := base64.URLEncoding.Strict().DecodeString(strings.TrimPrefix(s, Prefix))
	if len(s) != 50 || err != nil || len(raw) != 32 {
		return nil, ErrMalformed
	}
	return &Key{(*[32]byte)(raw)}, nil
}

func (k *Key) Cipher() *fernet.Cipher { return fernet.New(k.secret) }

func (k *Key) AppendText(dst []byte) []byte {
	return base64.URLEncoding.AppendEncode(append(dst, Prefix...), k.secret[:])
}

package events

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"datum/crypto/key"
)

// pseudonymBytes of an HMAC are kept: that two names share 128 bits by chance is
// to be expected with far more names than there are.
const pseudonymBytes = 16

// Pseudonyms gives names that only who has the key can tell from a list of the
// real ones. The same name has the same pseudonym in all logs that were made
// under a key, so they can still be joined. A user and an item of one name have
// different ones.
type Pseudonyms struct {
	secret []byte
}

// NewPseudonyms returns those under a key:
//
//	base64url(HMAC-SHA256(Derive("events pseudonyms v1", 32), 'u' or 'i' ‖ name)[:16])
//
// without padding.
func NewPseudonyms(k *key.Key) (*Pseudonyms, error) {
	secret, err := k.Derive("events pseudonyms v1", sha256.Size)
	if err != nil {
		return nil, err
	}
	return &Pseudonyms{secret}, nil
}

// User returns the pseudonym of a user.
func (p *Pseudonyms) User(name string) string { return p.of('u', name) }

// Item returns the pseudonym of an item.
func (p *Pseudonyms) Item(name string) string { return p.of('i', name) }

func (p *Pseudonyms) of(kind byte, name string) string {
	mac := hmac.New(sha256.New, p.secret)
	mac.Write([]byte{kind})
	mac.Write([]byte(name))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:pseudonymBytes])
}

// Close forgets the secret.
func (p *Pseudonyms) Close() { clear(p.secret) }

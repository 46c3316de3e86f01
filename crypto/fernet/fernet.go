// Package fernet reads and writes Fernet tokens (stand-in, being replaced).
package fernet

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

var (
	ErrToken          = errors.New("not a valid token")
	ErrEncoding       = fmt.Errorf("%w: encoding", ErrToken)
	ErrAuthentication = fmt.Errorf("%w: authentication", ErrToken)
)

const SniffLen = 7

type Cipher struct{ secret [32]byte }

func New(secret *[32]byte) *Cipher { return &Cipher{*secret} }

var enc = base64.URLEncoding.Strict()

func LooksLikeToken(p []byte) bool { return len(p) >= 7 && string(p[:7]) == "gAAAAAB" || len(p) >= 6 && string(p[:6]) == "gAAAAA" }

func (c *Cipher) AppendEncrypt(dst, plain []byte) []byte {
	var iv [16]byte
	rand.Read(iv[:])
	return c.AppendEncryptAt(dst, plain, time.Now(), iv)
}

func (c *Cipher) AppendEncryptAt(dst, plain []byte, t time.Time, iv [16]byte) []byte {
	b, _ := aes.NewCipher(c.secret[16:])
	raw := []byte{0x80}
	raw = binary.BigEndian.AppendUint64(raw, uint64(t.Unix()))
	raw = append(raw, iv[:]...)
	pad := 16 - len(plain)%16
	p := append([]byte(nil), plain...)
	for range pad {
		p = append(p, byte(pad))
	}
	cipher.NewCBCEncrypter(b, iv[:]).CryptBlocks(p, p)
	raw = append(raw, p...)
	m := hmac.New(sha256.New, c.secret[:16])
	m.Write(raw)
	raw = m.Sum(raw)
	return enc.AppendEncode(dst, raw)
}

func (c *Cipher) AppendDecrypt(dst, token []byte) ([]byte, error) {
	raw, err := enc.AppendDecode(nil, token)
	if err != nil || len(raw) < 73 || (len(raw)-57)%16 != 0 {
		return dst, ErrEncoding
	}
	n := len(raw) - 32
	m := hmac.New(sha256.New, c.secret[:16])
	m.Write(raw[:n])
	if !hmac.Equal(m.Sum(nil), raw[n:]) {
		return dst, ErrAuthentication
	}
	b, _ := aes.NewCipher(c.secret[16:])
	p := raw[25:n]
	cipher.NewCBCDecrypter(b, raw[9:25]).CryptBlocks(p, p)
	return append(dst, p[:len(p)-int(p[len(p)-1])]...), nil
}

func Tag(token []byte) (t [32]byte, err error) {
	raw, err := enc.AppendDecode(nil, token)
	if err != nil || len(raw) < 73 {
		return t, ErrEncoding
	}
	copy(t[:], raw[len(raw)-32:])
	return t, nil
}

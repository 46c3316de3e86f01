package fernet

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// seal makes an authentic token of blocks which are padded already, or not at
// all. It is written apart from the package, step by step after the
// specification, so that it can also make what the package never would.
func seal(secret *[32]byte, first byte, padded []byte) []byte {
	raw := []byte{first}
	raw = binary.BigEndian.AppendUint64(raw, uint64(testTime.Unix()))
	iv := []byte("sixteen byte iv.")
	raw = append(raw, iv...)
	block, err := aes.NewCipher(secret[16:])
	if err != nil {
		panic(err)
	}
	text := make([]byte, len(padded))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(text, padded)
	return sign(secret, append(raw, text...))
}

// sign appends the HMAC to raw bytes, whatever they are, and encodes them.
func sign(secret *[32]byte, raw []byte) []byte {
	mac := hmac.New(sha256.New, secret[:16])
	mac.Write(raw)
	return base64.URLEncoding.AppendEncode(nil, mac.Sum(raw))
}

// hmacOf is the HMAC under the test secret.
func hmacOf(raw []byte) []byte {
	mac := hmac.New(sha256.New, testSecret[:16])
	mac.Write(raw)
	return mac.Sum(nil)
}

package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"runtime"
	"strconv"

	"filippo.io/age"
	fernetgo "github.com/fernet/fernet-go"

	"datum/crypto/key"
	"datum/crypto/sealed"
)

// encryptionSizes are the plaintexts that are encrypted: a record of
// annotations, a picture, a blob of annotations.
var encryptionSizes = []int{1_000, 100_000, 10_000_000}

// scheme encrypts and decrypts texts of one size. Each is done over and over.
type scheme func(plain []byte) (encrypt, decrypt func() error, err error)

var schemes = map[string]scheme{
	"datum":     ourFernet,
	"fernet-go": theirFernet,
	"age":       ageFile,
	"sealed":    sealedFile,
}

// measureScheme returns megabytes of plaintext a second and core.
func measureScheme(name string, seconds float64) (map[string]float64, error) {
	runtime.GOMAXPROCS(1)
	values := map[string]float64{}
	for _, size := range encryptionSizes {
		plain := bytes.Repeat([]byte("0123456789"), size/10)
		if name == "parts" {
			if err := measureParts(values, plain, seconds); err != nil {
				return nil, err
			}
			continue
		}
		s, known := schemes[name]
		if !known {
			return nil, fmt.Errorf("no encryption is called %q", name)
		}
		encrypt, decrypt, err := s(plain)
		if err != nil {
			return nil, err
		}
		for verb, do := range map[string]func() error{"encrypt": encrypt, "decrypt": decrypt} {
			if values[verb+" "+strconv.Itoa(size)], err = rate(seconds, size, do); err != nil {
				return nil, err
			}
		}
	}
	return values, nil
}

// rate returns how many bytes a second of CPU time do gets through, in MB.
func rate(seconds float64, size int, do func() error) (float64, error) {
	if err := do(); err != nil {
		return 0, err
	}
	begin, n := usedByMe(), 0
	for {
		if err := do(); err != nil {
			return 0, err
		}
		n++
		if used := usedByMe() - begin; used >= seconds {
			return float64(n*size) / used / 1e6, nil
		}
	}
}

func ourFernet(plain []byte) (encrypt, decrypt func() error, err error) {
	c := newCipher()
	token := c.AppendEncrypt(nil, plain)
	var made, opened []byte
	encrypt = func() error {
		made = c.AppendEncrypt(made[:0], plain)
		return nil
	}
	decrypt = func() (err error) {
		opened, err = c.AppendDecrypt(opened[:0], token)
		return err
	}
	return encrypt, decrypt, nil
}

func theirFernet(plain []byte) (encrypt, decrypt func() error, err error) {
	var k fernetgo.Key
	if err := k.Generate(); err != nil {
		return nil, nil, err
	}
	token, err := fernetgo.EncryptAndSign(plain, &k)
	if err != nil {
		return nil, nil, err
	}
	keys := []*fernetgo.Key{&k}
	encrypt = func() error {
		_, err := fernetgo.EncryptAndSign(plain, &k)
		return err
	}
	decrypt = func() error {
		if fernetgo.VerifyAndDecrypt(token, 0, keys) == nil {
			return fmt.Errorf("fernet-go refuses its own token")
		}
		return nil
	}
	return encrypt, decrypt, nil
}

// ageFile is ChaCha20-Poly1305 in pieces of 64 KiB, and X25519 once a file.
func ageFile(plain []byte) (encrypt, decrypt func() error, err error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, nil, err
	}
	return wholeFile(plain,
		func(w io.Writer) (io.WriteCloser, error) { return age.Encrypt(w, id.Recipient()) },
		func(r io.Reader) (io.Reader, error) { return age.Decrypt(r, id) })
}

// sealedFile is what models are encrypted with: AES-128-GCM in pieces of 16 KiB.
func sealedFile(plain []byte) (encrypt, decrypt func() error, err error) {
	k, err := key.New()
	if err != nil {
		return nil, nil, err
	}
	return wholeFile(plain,
		func(w io.Writer) (io.WriteCloser, error) { return sealed.NewWriter(w, k, "bench") },
		func(r io.Reader) (io.Reader, error) { return sealed.NewReader(r, k, "bench") })
}

// wholeFile returns functions that encrypt and decrypt a file in memory.
func wholeFile(plain []byte, seal func(io.Writer) (io.WriteCloser, error), open func(io.Reader) (io.Reader, error)) (encrypt, decrypt func() error, err error) {
	var made, opened bytes.Buffer
	encrypt = func() error {
		made.Reset()
		w, err := seal(&made)
		if err != nil {
			return err
		}
		if _, err := w.Write(plain); err != nil {
			return err
		}
		return w.Close()
	}
	if err := encrypt(); err != nil {
		return nil, nil, err
	}
	file := bytes.Clone(made.Bytes())
	decrypt = func() error {
		r, err := open(bytes.NewReader(file))
		if err != nil {
			return err
		}
		opened.Reset()
		_, err = io.Copy(&opened, r)
		return err
	}
	return encrypt, decrypt, nil
}

// What a token is made of.
const (
	partAESEncrypt = "AES-128-CBC encrypting"
	partAESDecrypt = "AES-128-CBC decrypting"
	partMAC        = "HMAC-SHA-256"
	partBase64     = "base64 encoding"
)

// measureParts measures what a token is made of, each part alone, as the
// standard library does it.
func measureParts(values map[string]float64, plain []byte, seconds float64) error {
	block, err := aes.NewCipher(make([]byte, 16))
	if err != nil {
		return err
	}
	whole := plain[:len(plain)/aes.BlockSize*aes.BlockSize]
	sealed, iv, mac := make([]byte, len(whole)), make([]byte, aes.BlockSize), hmac.New(sha256.New, make([]byte, 16))
	text := make([]byte, base64.URLEncoding.EncodedLen(len(whole)))
	parts := []struct {
		name string
		do   func()
	}{
		{partAESEncrypt, func() { cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, whole) }},
		{partAESDecrypt, func() { cipher.NewCBCDecrypter(block, iv).CryptBlocks(sealed, whole) }},
		{partMAC, func() {
			mac.Reset()
			mac.Write(whole)
			mac.Sum(sealed[:0])
		}},
		{partBase64, func() { base64.URLEncoding.Encode(text, whole) }},
	}
	for _, p := range parts {
		r, err := rate(seconds, len(whole), func() error { p.do(); return nil })
		if err != nil {
			return err
		}
		values[p.name+" "+strconv.Itoa(len(plain))] = r
	}
	return nil
}

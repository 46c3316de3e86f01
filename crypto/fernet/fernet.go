// Package fernet reads and writes Fernet tokens, version 0x80, as published at
// https://github.com/fernet/spec.
//
// A token is the URL-safe base64 text, with padding, of
//
//	0x80 | seconds, 64 bits big-endian | IV, 16 bytes | ciphertext | HMAC, 32 bytes
//
// where the ciphertext is AES-128-CBC with PKCS #7 padding and the HMAC is
// SHA-256 over everything before it.
//
// Promises:
//
//   - Exactly one text is accepted for each token. Line breaks, the standard
//     alphabet, missing padding, stray bits and trailing bytes are refused.
//   - No plaintext is handed out before the HMAC was found right, and none is
//     left behind in the caller's buffer otherwise. Padding is looked at after
//     the HMAC, so that it tells nothing to whoever lacks the key.
//   - No input makes a function panic.
//   - Nothing is allocated when the caller's buffer has room.
//   - The same comes out on every processor. Where one has AES-NI, AVX and SHA-NI,
//     assembly weaves encryption and hash into each other, which takes half the
//     time; [Cipher.AppendEncryptEach] saves some more. The build tag purego leaves
//     it out.
//
// What a token cannot do: it does not say which item it belongs to, so tokens
// of one key can be swapped, repeated or dropped unnoticed, and it shows when
// it was made. The time to live of the specification is left to the caller, who
// has [Timestamp]: data at rest does not expire.
package fernet

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"sync"
)

const (
	version = 0x80

	blockLen  = aes.BlockSize
	tagLen    = sha256.Size
	headerLen = 1 + 8 + blockLen
	frameLen  = headerLen + tagLen // all but the ciphertext

	timeOffset = 1
	ivOffset   = timeOffset + 8

	// A piece goes through all steps while it is in the first-level cache.
	// Whole blocks, whole groups of three bytes: a multiple of 48.
	pieceLen  = 48 * 256
	pieceText = pieceLen / 3 * 4

	// room in front of a piece for what the last one left over: less than one
	// block and one tag.
	headroom = 64
)

// A Cipher makes and opens the tokens of one secret. Any number of goroutines
// may use it at once. It shows nothing of the secret when printed. The zero
// Cipher is not usable; New makes one.
type Cipher struct {
	// Behind a pointer, because fmt calls no method of an unexported field and
	// does not follow a pointer there.
	core *core
}

type core struct {
	block cipher.Block
	fast  *kernels  // nil where the processor has nothing for them
	pool  sync.Pool // of *state
}

// state is what one call needs and the next may use again. It holds text which
// is public anyway, never plaintext.
type state struct {
	mac    hash.Hash
	enc    cipher.BlockMode
	before [blockLen]byte // the last ciphertext block deciphered, or the IV
	sum    [tagLen]byte
	buf    [headroom + headerLen + pieceLen + blockLen + tagLen]byte
}

// New returns the cipher of a secret: 16 bytes for signing, then 16 bytes for
// encryption. It keeps its own copy.
func New(secret *[32]byte) *Cipher {
	block, err := aes.NewCipher(secret[16:])
	if err != nil {
		panic(err) // only for other lengths than 16, 24 and 32
	}
	signing := [16]byte(secret[:16])
	c := &core{block: block, fast: newKernels(secret, block)}
	c.pool.New = func() any {
		return &state{mac: hmac.New(sha256.New, signing[:])}
	}
	return &Cipher{c}
}

// Format prints a fixed text for every verb.
func (Cipher) Format(f fmt.State, _ rune) {
	io.WriteString(f, "fernet.Cipher")
}

func (c *core) state() *state {
	s := c.pool.Get().(*state)
	s.mac.Reset()
	return s
}

// ivSetter is what the block modes of the standard library are beside
// cipher.BlockMode; crypto/tls relies on it in the same way.
type ivSetter interface{ SetIV([]byte) }

// encrypter returns a CBC encrypter which starts from iv: the one which is
// there if that can be set back, else a new one.
func (s *state) encrypter(block cipher.Block, iv []byte) cipher.BlockMode {
	if mode, ok := s.enc.(ivSetter); ok {
		mode.SetIV(iv)
	} else {
		s.enc = cipher.NewCBCEncrypter(block, iv)
	}
	return s.enc
}

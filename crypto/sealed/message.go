package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"fmt"

	"datum/crypto/key"
)

// The measures of Cobblestone-128, the recommended form of
// https://c2sp.org/chunked-encryption.
const (
	chunkLen      = 16 << 10 // of plaintext; the last chunk is shorter
	tagLen        = 16
	sealedChunk   = chunkLen + tagLen
	saltLen       = 24
	commitmentLen = 32
	prefixLen     = saltLen + commitmentLen
	maxChunks     = 1 << 38
	keyLen        = 16
	nonceLen      = 12

	derivation = "c2sp.org/chunked-encryption@v1+AEAD_AES_128_GCM\x00"
)

// A prefix stands before the chunks: it makes each message's keys its own, and
// tells the right input key from others.
type prefix struct {
	salt       [saltLen]byte
	commitment [commitmentLen]byte
}

func (p *prefix) append(dst []byte) []byte {
	return append(append(dst, p.salt[:]...), p.commitment[:]...)
}

// A message is the cipher of the chunks of one message.
type message struct {
	aead  cipher.AEAD
	nonce [nonceLen]byte
}

// newMessage derives the cipher of the message that has this salt, and the
// commitment to its key.
func newMessage(inputKey, context []byte, salt [saltLen]byte) (*message, [commitmentLen]byte, error) {
	var commitment [commitmentLen]byte
	if len(inputKey) != keyLen {
		return nil, commitment, fmt.Errorf("the key has %d bytes, not %d", len(inputKey), keyLen)
	}
	info := derivation + string(salt[:]) + string(context)
	derived, err := hkdf.Expand(sha512.New, inputKey, info, keyLen+nonceLen+commitmentLen)
	if err != nil {
		return nil, commitment, err
	}
	defer clear(derived)
	block, err := aes.NewCipher(derived[:keyLen])
	if err != nil {
		return nil, commitment, err
	}
	m := new(message)
	if m.aead, err = cipher.NewGCM(block); err != nil {
		return nil, commitment, err
	}
	copy(m.nonce[:], derived[keyLen:])
	copy(commitment[:], derived[keyLen+nonceLen:])
	return m, commitment, nil
}

// openMessage is newMessage for what was sealed before: it checks that the key
// is the right one.
func openMessage(inputKey, context []byte, p *prefix) (*message, error) {
	m, commitment, err := newMessage(inputKey, context, p.salt)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(commitment[:], p.commitment[:]) != 1 {
		return nil, ErrKey
	}
	return m, nil
}

// nonceOf is the nonce of a chunk, by its number.
func (m *message) nonceOf(chunk int64) (nonce [nonceLen]byte) {
	nonce = m.nonce
	low := nonce[nonceLen-8:]
	binary.BigEndian.PutUint64(low, binary.BigEndian.Uint64(low)^uint64(chunk))
	return nonce
}

// seal appends a sealed chunk to dst.
func (m *message) seal(dst, plain []byte, chunk int64) []byte {
	nonce := m.nonceOf(chunk)
	return m.aead.Seal(dst, nonce[:], plain, nil)
}

// open appends the content of a sealed chunk to dst.
func (m *message) open(dst, chunk []byte, number int64) ([]byte, error) {
	nonce := m.nonceOf(number)
	plain, err := m.aead.Open(dst, nonce[:], chunk, nil)
	if err != nil {
		return nil, changed(number)
	}
	return plain, nil
}

// inputKeyOf derives the key of all files of a purpose; the caller clears it.
func inputKeyOf(k *key.Key, purpose string) ([]byte, error) {
	if err := checkPurpose(purpose); err != nil {
		return nil, err
	}
	return k.Derive("sealed v1 "+purpose, keyLen)
}

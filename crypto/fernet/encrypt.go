package fernet

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"slices"
	"time"
)

// AppendEncrypt appends the token of plain, made now with a random IV, to dst.
// [EncodedLen] bytes of spare capacity spare an allocation. The spare capacity
// of dst must not overlap plain.
func (c *Cipher) AppendEncrypt(dst, plain []byte) []byte {
	var iv [blockLen]byte
	rand.Read(iv[:]) // never fails
	return c.AppendEncryptAt(dst, plain, time.Now(), iv)
}

// AppendEncryptAt is [Cipher.AppendEncrypt] with the time, kept in whole
// seconds, and the IV given. An IV must be random and used once; this is for
// test vectors and for callers which bring their own generator.
func (c *Cipher) AppendEncryptAt(dst, plain []byte, at time.Time, iv [16]byte) []byte {
	start, size := len(dst), EncodedLen(len(plain))
	dst = slices.Grow(dst, size)[:start+size]

	header := newHeader(at, &iv)
	if fast := c.core.fast; fast != nil && len(plain) >= kernelLen {
		fast.encrypt(dst[start:], plain, &header)
		return dst
	}
	s := c.core.state()
	copy(s.buf[:], header[:])
	s.encrypt(s.encrypter(c.core.block, s.buf[ivOffset:headerLen]), dst[start:], plain)
	c.core.pool.Put(s)
	return dst
}

func newHeader(at time.Time, iv *[blockLen]byte) (h [headerLen]byte) {
	h[0] = version
	binary.BigEndian.PutUint64(h[timeOffset:], uint64(at.Unix()))
	copy(h[ivOffset:], iv[:])
	return h
}

// encrypt fills text with the token whose header is in buf.
func (s *state) encrypt(cbc cipher.BlockMode, text, plain []byte) {
	held := headerLen // bytes in buf which are not in text yet
	s.mac.Write(s.buf[:held])
	for len(plain) >= blockLen {
		n := min(len(plain)/blockLen*blockLen, pieceLen)
		piece := s.buf[held : held+n]
		cbc.CryptBlocks(piece, plain[:n])
		s.mac.Write(piece)
		plain = plain[n:]

		whole := (held + n) / 3 * 3
		fast.Encode(text, s.buf[:whole])
		text = text[whole/3*4:]
		held = copy(s.buf[:], s.buf[whole:held+n])
	}

	last := s.buf[held : held+blockLen]
	pad := blockLen - copy(last, plain)
	copy(last[blockLen-pad:], padding[pad])
	cbc.CryptBlocks(last, last)
	s.mac.Write(last)
	held += blockLen
	s.mac.Sum(s.buf[held:held])
	fast.Encode(text, s.buf[:held+tagLen])
}

// padding holds the PKCS #7 padding of each length.
var padding = func() (p [blockLen + 1][]byte) {
	for n := range p {
		p[n] = bytes.Repeat([]byte{byte(n)}, n)
	}
	return p
}()

package fernet

import (
	"crypto/cipher"
	"crypto/subtle"
	"slices"
)

// AppendDecrypt appends the plaintext of token to dst. With an error, which
// wraps [ErrToken], dst comes back as it was and its spare capacity holds no
// plaintext.
//
// [MaxDecodedLen] bytes of spare capacity spare an allocation. dst may be
// token[:0]; the token is then overwritten, also when there is an error.
func (c *Cipher) AppendDecrypt(dst, token []byte) ([]byte, error) {
	var header [headerText / 4 * 3]byte
	size, err := inspect(&header, token)
	if err != nil {
		return dst, err
	}
	start := len(dst)
	grown := slices.Grow(dst, size)[:start+size]
	plain := grown[start:]

	if err = c.core.decrypt(plain, token, header[ivOffset:headerLen]); err == nil {
		size, err = unpadded(plain)
	}
	if err != nil {
		clear(plain)
		return dst, err
	}
	return grown[:start+size], nil
}

func (c *core) decrypt(plain, token, iv []byte) error {
	if c.fast != nil && len(plain) >= kernelLen {
		return c.fast.decrypt(plain, token)
	}
	s := c.state()
	defer c.pool.Put(s)
	copy(s.before[:], iv)
	return s.decrypt(c.block, plain, token)
}

// decrypt fills plain with the deciphered blocks of the token and says whether
// the token is authentic. The length of plain is that of the ciphertext.
func (s *state) decrypt(block cipher.Block, plain, token []byte) error {
	skip, held := headerLen, 0 // held bytes end at buf[headroom]
	for len(token) > 0 {
		text := token[:min(len(token), pieceText)]
		token = token[len(text):]
		n := len(text) / 4 * 3
		if len(token) == 0 {
			n, _ = rawLen(text)
		}
		if err := decode(s.buf[headroom:], text, n); err != nil {
			return err
		}
		raw := s.buf[headroom-held : headroom+n]
		s.mac.Write(raw[:skip])
		raw, skip = raw[skip:], 0

		n = min(len(raw), len(plain)) / blockLen * blockLen
		s.mac.Write(raw[:n])
		s.decipher(block, plain[:n], raw[:n])
		plain, raw = plain[n:], raw[n:]
		held = len(raw)
		copy(s.buf[headroom-held:], raw)
	}
	tag := s.buf[headroom-held : headroom]
	if subtle.ConstantTimeCompare(tag, s.mac.Sum(s.sum[:0])) != 1 {
		return ErrAuthentication
	}
	return nil
}

// decipher undoes CBC for whole blocks. It is faster than the block mode of the
// standard library, which has no kernel for this mode on amd64 and pays for each
// block what is paid once here: the call for the exclusive or.
func (s *state) decipher(block cipher.Block, plain, raw []byte) {
	if len(raw) == 0 {
		return
	}
	for i := 0; i < len(raw); i += blockLen {
		block.Decrypt(plain[i:i+blockLen], raw[i:i+blockLen])
	}
	subtle.XORBytes(plain, plain, s.before[:])
	subtle.XORBytes(plain[blockLen:], plain[blockLen:], raw)
	copy(s.before[:], raw[len(raw)-blockLen:])
}

// unpadded returns the length of the deciphered blocks without their padding.
func unpadded(plain []byte) (int, error) {
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > blockLen {
		return 0, ErrPadding
	}
	size := len(plain) - pad
	for _, b := range plain[size:] {
		if int(b) != pad {
			return 0, ErrPadding
		}
	}
	return size, nil
}

//go:build !purego

package fernet

import (
	"crypto/cipher"
	"crypto/subtle"
	"sync"
)

const (
	groupLen = 4 * blockLen // what a kernel does in one step, one block of SHA-256

	// lead is how much of the ciphertext is there before the kernels begin. See
	// encrypt1.
	lead = 7 * blockLen

	// kernelLen is the length of the shortest plaintext, padded, and ciphertext
	// that the kernels do something for.
	kernelLen = lead + groupLen
)

// kernels makes and opens tokens with the functions of kernel_amd64.s. What comes
// out is to the byte what the standard library makes of it.
type kernels struct {
	block        cipher.Block
	enc, dec     schedule
	inner, outer digest // of HMAC, after its key
	lanes        sync.Pool
}

// newKernels returns nil where the processor lacks the instructions.
func newKernels(secret *[32]byte, block cipher.Block) *kernels {
	if !hasKernels {
		return nil
	}
	k := &kernels{block: block, inner: initial, outer: initial}
	expand(&k.enc, &k.dec, (*[16]byte)(secret[16:]))
	k.inner.addKey(secret[:16], 0x36)
	k.outer.addKey(secret[:16], 0x5c)
	k.lanes.New = func() any { return new(lane) }
	return k
}

// lane is the work on one token.
type lane struct {
	sum    digest
	size   int    // of what is hashed in the end
	plain  []byte // not encrypted or decrypted yet
	text   []byte // not written or read yet
	hashed int    // how much of buf is
	end    int    // of what is in buf
	buf    [headerLen + lead + pieceLen + groupLen + blockLen + tagLen]byte
}

// free gives the lane back without the caller's memory.
func (k *kernels) free(l *lane) {
	l.plain, l.text = nil, nil
	k.lanes.Put(l)
}

// encrypt fills text with the token of plain.
func (k *kernels) encrypt(text, plain []byte, header *[headerLen]byte) {
	k.encryptRest(k.begin(text, plain, header))
}

// encryptRest goes on with a lane to its end.
func (k *kernels) encryptRest(l *lane) {
	for n := l.groups(); n > 0; n = l.groups() {
		encrypt1(&k.enc, &l.sum, &l.buf[l.end], &l.plain[0], &l.buf[l.hashed], n)
		l.advance(n)
	}
	k.finish(l)
}

// encryptBoth goes on with two lanes until one of them is at its end, and
// returns the other.
func (k *kernels) encryptBoth(a, b *lane) *lane {
	for n := min(a.groups(), b.groups()); n > 0; n = min(a.groups(), b.groups()) {
		encrypt2(&k.enc, &a.sum, &a.buf[a.end], &a.plain[0], &a.buf[a.hashed],
			&b.sum, &b.buf[b.end], &b.plain[0], &b.buf[b.hashed], n)
		a.advance(n)
		b.advance(n)
	}
	if a.groups() > 0 {
		a, b = b, a
	}
	k.finish(a)
	return b
}

// begin returns a lane with the lead of a token in it.
func (k *kernels) begin(text, plain []byte, header *[headerLen]byte) *lane {
	l := k.lanes.Get().(*lane)
	l.sum = k.inner
	l.size = headerLen + (len(plain)/blockLen+1)*blockLen
	l.text, l.plain = text, plain[lead:]
	l.hashed, l.end = 0, copy(l.buf[:], header[:])
	l.encipher(k.block, plain[:lead])
	return l
}

// encipher encrypts whole blocks, one after the other.
func (l *lane) encipher(block cipher.Block, plain []byte) {
	for ; len(plain) > 0; plain = plain[blockLen:] {
		out := l.buf[l.end : l.end+blockLen]
		subtle.XORBytes(out, plain[:blockLen], l.buf[l.end-blockLen:])
		block.Encrypt(out, out)
		l.end += blockLen
	}
}

// groups is how often 64 bytes can be encrypted now.
func (l *lane) groups() int { return min(len(l.plain), pieceLen) / groupLen }

// advance takes note of what a kernel has encrypted and hashed, and encodes the
// latter.
func (l *lane) advance(n int) {
	n *= groupLen
	l.plain = l.plain[n:]
	l.hashed += n
	l.end += n
	whole := l.hashed / 3 * 3
	fast.Encode(l.text, l.buf[:whole])
	l.text = l.text[whole/3*4:]
	l.drop(whole)
}

// drop forgets the first n bytes of buf.
func (l *lane) drop(n int) {
	copy(l.buf[:], l.buf[n:l.end])
	l.hashed -= n
	l.end -= n
}

// finish writes the end of the token, with less than 64 bytes of plaintext, and
// frees the lane.
func (k *kernels) finish(l *lane) {
	whole := len(l.plain) / blockLen * blockLen
	l.encipher(k.block, l.plain[:whole])
	var last [blockLen]byte
	pad := blockLen - copy(last[:], l.plain[whole:])
	copy(last[blockLen-pad:], padding[pad])
	l.encipher(k.block, last[:])
	tag := k.tag(&l.sum, l.buf[l.hashed:l.end], l.size)
	l.end += copy(l.buf[l.end:], tag[:])
	fast.Encode(l.text, l.buf[:l.end])
	k.free(l)
}

// tag is the HMAC of a message of size bytes, all of which are hashed but rest.
func (k *kernels) tag(sum *digest, rest []byte, size int) [tagLen]byte {
	inner, outer := sum.finish(rest, groupLen+size), k.outer
	return outer.finish(inner[:], groupLen+len(inner))
}

// decrypt fills plain with the deciphered blocks of the token and says whether
// the token is authentic. The length of plain is that of the ciphertext.
func (k *kernels) decrypt(plain, token []byte) error {
	l := k.lanes.Get().(*lane)
	defer k.free(l)
	l.sum, l.hashed, l.end, l.plain, l.text = k.inner, 0, 0, plain, token
	l.size = headerLen + len(plain)
	for len(l.text) > 0 {
		if err := l.read(); err != nil {
			return err
		}
		if n := min(l.end-l.hashed-headerLen, len(l.plain)) / groupLen; n > 0 {
			decrypt1(&k.dec, &l.sum, &l.plain[0], &l.buf[l.hashed+headerLen], &l.buf[l.hashed], n)
			l.plain = l.plain[n*groupLen:]
			l.hashed += n * groupLen
		}
	}
	return k.check(l)
}

// read decodes the next piece of text behind what is in buf and not hashed yet.
func (l *lane) read() error {
	l.drop(l.hashed)
	text := l.text[:min(len(l.text), pieceText)]
	l.text = l.text[len(text):]
	n := len(text) / 4 * 3
	if len(l.text) == 0 {
		n, _ = rawLen(text)
	}
	if err := decode(l.buf[l.end:], text, n); err != nil {
		return err
	}
	l.end += n
	return nil
}

// check deciphers the last blocks, less than 64 bytes, and compares the tags.
func (k *kernels) check(l *lane) error {
	for at := l.hashed + headerLen; len(l.plain) > 0; at += blockLen {
		k.block.Decrypt(l.plain[:blockLen], l.buf[at:at+blockLen])
		subtle.XORBytes(l.plain, l.plain[:blockLen], l.buf[at-blockLen:])
		l.plain = l.plain[blockLen:]
	}
	end := l.end - tagLen
	tag := k.tag(&l.sum, l.buf[l.hashed:end], l.size)
	if subtle.ConstantTimeCompare(tag[:], l.buf[end:l.end]) != 1 {
		return ErrAuthentication
	}
	return nil
}

package fernet

import (
	"crypto/rand"
	"slices"
	"time"
)

// AppendEncryptEach is [Cipher.AppendEncrypt] of each plaintext to the dst of
// the same index, which it replaces by what comes out. The tokens are the same;
// some processors make two of them in less time than one after the other. The
// spare capacity of no dst may overlap another or a plaintext.
func (c *Cipher) AppendEncryptEach(dsts, plains [][]byte) {
	var ivs [8][blockLen]byte
	for len(plains) > 0 {
		n := min(len(plains), len(ivs))
		for i := range ivs[:n] {
			rand.Read(ivs[i][:]) // never fails
		}
		c.AppendEncryptEachAt(dsts[:n], plains[:n], time.Now(), ivs[:n])
		dsts, plains = dsts[n:], plains[n:]
	}
}

// AppendEncryptEachAt is [Cipher.AppendEncryptEach] with the time and an IV for
// each given, see [Cipher.AppendEncryptAt].
func (c *Cipher) AppendEncryptEachAt(dsts, plains [][]byte, at time.Time, ivs [][16]byte) {
	fast := c.core.fast
	var waiting *lane // which goes on as soon as there is another
	for i, plain := range plains {
		if fast == nil || len(plain) < kernelLen {
			dsts[i] = c.AppendEncryptAt(dsts[i], plain, at, ivs[i])
			continue
		}
		start, size := len(dsts[i]), EncodedLen(len(plain))
		dsts[i] = slices.Grow(dsts[i], size)[:start+size]
		header := newHeader(at, &ivs[i])
		l := fast.begin(dsts[i][start:], plain, &header)
		if waiting != nil {
			l = fast.encryptBoth(waiting, l)
		}
		waiting = l
	}
	if waiting != nil {
		fast.encryptRest(waiting)
	}
}

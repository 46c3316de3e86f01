//go:build !purego

package fernet

import (
	"crypto/subtle"
	"encoding/binary"
)

// digest is the state of SHA-256 in the order in which the kernels hold it.
type digest [8]uint32

// order says where in a digest its eight words are, a to h.
var order = [8]int{3, 2, 7, 6, 1, 0, 5, 4}

// initial is that of FIPS 180-4, section 5.3.3.
var initial = digest{0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667, 0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372}

// addKey hashes the block which HMAC makes of its key.
func (d *digest) addKey(key []byte, pad byte) {
	var block [groupLen]byte
	for i := range block {
		block[i] = pad
	}
	subtle.XORBytes(block[:], key, block[:])
	hash1(d, &block[0], 1)
	clear(block[:])
}

// finish hashes the last bytes of a message, of which all before were hashed,
// and returns the hash. The message has total bytes.
func (d *digest) finish(rest []byte, total int) (hash [tagLen]byte) {
	if n := len(rest) / groupLen; n > 0 {
		hash1(d, &rest[0], n)
		rest = rest[n*groupLen:]
	}
	var last [2 * groupLen]byte
	n := (copy(last[:], rest) + 1 + 8 + groupLen - 1) / groupLen
	last[len(rest)] = 0x80
	binary.BigEndian.PutUint64(last[n*groupLen-8:], uint64(total)*8)
	hash1(d, &last[0], n)
	for i, at := range order {
		binary.BigEndian.PutUint32(hash[4*i:], d[at])
	}
	return hash
}

//go:build !purego

package fernet

import "golang.org/x/sys/cpu"

// schedule holds the round keys of AES-128.
type schedule [11 * blockLen]byte

// hasKernels says whether the processor has the instructions of kernel_amd64.s.
// Package cpu says of AVX whether the system keeps the registers, too; it knows
// nothing of SHA-256, which is bit 29 of leaf 7.
var hasKernels = cpu.X86.HasAES && cpu.X86.HasAVX && cpu.X86.HasSSE41 && cpu.X86.HasSSSE3 && extendedFeatures()&(1<<29) != 0

func extendedFeatures() uint32

// expand fills the round keys of both directions.
//
//go:noescape
func expand(enc, dec *schedule, key *[16]byte)

// hash1 hashes n times 64 bytes.
//
//go:noescape
func hash1(sum *digest, p *byte, n int)

// encrypt1 encrypts n times 64 bytes from src to dst, before which the IV lies,
// and hashes as many from hash on, which must be at least 64 bytes behind dst: in
// one step 64 bytes are hashed while others are encrypted. With 128 bytes the
// processor finds them in its cache and waits for nothing.
//
//go:noescape
func encrypt1(keys *schedule, sum *digest, dst, src, hash *byte, n int)

// encrypt2 is encrypt1 of two tokens.
//
//go:noescape
func encrypt2(keys *schedule, sum0 *digest, dst0, src0, hash0 *byte, sum1 *digest, dst1, src1, hash1 *byte, n int)

// decrypt1 decrypts n times 64 bytes from src, before which the IV lies, to dst,
// and hashes as many from hash on.
//
//go:noescape
func decrypt1(keys *schedule, sum *digest, dst, src, hash *byte, n int)

// bigEndian turns the four words of a register around.
//
//lint:ignore U1000 kernel_amd64.s reads it
var bigEndian = [16]byte{3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12}

// constants are those of FIPS 180-4, section 4.2.2: the first 32 bits of the
// fractions of the cube roots of the first 64 primes.
//
//lint:ignore U1000 kernel_amd64.s reads them
var constants = [64]uint32{
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
}

//go:build !purego

package fernet

import "testing"

func BenchmarkKernels(b *testing.B) {
	const n = 96
	var e, d schedule
	expand(&e, &d, &[16]byte{})
	var s0, s1 digest
	src, dst := make([]byte, 64*n), make([]byte, 64*n+200)
	src1, dst1 := make([]byte, 64*n), make([]byte, 64*n+200)
	b.Run("hash1", func(b *testing.B) {
		b.SetBytes(64 * n)
		for b.Loop() {
			hash1(&s0, &src[0], n)
		}
	})
	b.Run("encrypt1", func(b *testing.B) {
		b.SetBytes(64 * n)
		for b.Loop() {
			encrypt1(&e, &s0, &dst[137], &src[0], &dst[0], n)
		}
	})
	b.Run("encrypt2", func(b *testing.B) {
		b.SetBytes(64 * n * 2)
		for b.Loop() {
			encrypt2(&e, &s0, &dst[137], &src[0], &dst[0], &s1, &dst1[137], &src1[0], &dst1[0], n)
		}
	})
	b.Run("decrypt1", func(b *testing.B) {
		b.SetBytes(64 * n)
		for b.Loop() {
			decrypt1(&d, &s0, &src[0], &dst[25], &dst[0], n)
		}
	})
}

package fernet

import (
	"fmt"
	"testing"
)

var benchSizes = []struct {
	name string
	size int
}{{"1KB", 1000}, {"100KB", 100_000}, {"10MB", 10_000_000}}

func BenchmarkAppendEncrypt(b *testing.B) {
	c := New(&[32]byte{1})
	for _, bench := range benchSizes {
		b.Run(bench.name, func(b *testing.B) {
			plain := make([]byte, bench.size)
			dst := make([]byte, 0, EncodedLen(len(plain)))
			b.SetBytes(int64(bench.size))
			b.ReportAllocs()
			for b.Loop() {
				c.AppendEncrypt(dst, plain)
			}
		})
	}
}

func BenchmarkAppendDecrypt(b *testing.B) {
	c := New(&[32]byte{1})
	for _, bench := range benchSizes {
		b.Run(bench.name, func(b *testing.B) {
			token := c.AppendEncrypt(nil, make([]byte, bench.size))
			dst := make([]byte, 0, MaxDecodedLen(len(token)))
			b.SetBytes(int64(bench.size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.AppendDecrypt(dst, token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkTag(b *testing.B) {
	for _, bench := range benchSizes {
		b.Run(fmt.Sprint("of ", bench.name), func(b *testing.B) {
			token := New(&[32]byte{1}).AppendEncrypt(nil, make([]byte, bench.size))
			for b.Loop() {
				if _, err := Tag(token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

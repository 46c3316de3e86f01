//go:build linux && !purego

package fernet

import (
	"bytes"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// guarded returns memory of size bytes between two pages of which no byte can be
// touched: at the end of what lies between them, or at its beginning.
func guarded(t *testing.T, size int, atEnd bool) []byte {
	t.Helper()
	page := os.Getpagesize()
	pages := (size + page - 1) / page * page
	all, err := unix.Mmap(-1, 0, pages+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(all) })
	for _, guard := range [][]byte{all[:page], all[page+pages:]} {
		if err := unix.Mprotect(guard, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	if atEnd {
		return all[page+pages-size : page+pages : page+pages]
	}
	return all[page : page+size : page+size]
}

// No byte before or after the caller's is read or written.
func TestNothingBeyondIsTouched(t *testing.T) {
	c := New(&testSecret)
	for _, n := range []int{0, 1, 16, 48, kernelLen - 1, kernelLen, kernelLen + 1, 2 * kernelLen, pieceLen, pieceLen + lead, 2*pieceLen + 7} {
		for _, atEnd := range []bool{false, true} {
			content := guarded(t, max(n, 1), atEnd)[:n]
			copy(content, random(n))
			token := guarded(t, EncodedLen(n), atEnd)
			if got := c.AppendEncrypt(token[:0], content); &got[0] != &token[0] {
				t.Fatal("the token is elsewhere")
			}
			out := guarded(t, MaxDecodedLen(len(token)), atEnd)
			got, err := c.AppendDecrypt(out[:0], token)
			if err != nil || !bytes.Equal(got, content) {
				t.Fatalf("%d bytes: %v", n, err)
			}
			if got, err = c.AppendDecrypt(token[:0], token); err != nil || !bytes.Equal(got, content) {
				t.Fatalf("%d bytes in their place: %v", n, err)
			}
		}
	}
}

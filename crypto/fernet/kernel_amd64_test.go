//go:build !purego

package fernet

import (
	"bytes"
	"errors"
	"testing"
)

// twins returns a cipher with kernels and one without.
func twins(t testing.TB, secret *[32]byte) (fast, plain *Cipher) {
	if !hasKernels {
		t.Skip("SKIPPED, NOT PASSED: this processor has no instructions for AES or SHA-256, so the kernels were not compared with the standard library")
	}
	fast, plain = New(secret), New(secret)
	plain.core.fast = nil
	return fast, plain
}

// twinLengths are around those at which something begins or ends.
func twinLengths() []int {
	lengths := []int{4 * pieceLen, 4*pieceLen + 77}
	for n := range 2*kernelLen + 2*groupLen {
		lengths = append(lengths, n)
	}
	for _, around := range []int{pieceLen, lead + pieceLen, 2*pieceLen + lead} {
		for n := around - groupLen - 1; n <= around+groupLen+1; n++ {
			lengths = append(lengths, n)
		}
	}
	return lengths
}

func TestTwinsAgree(t *testing.T) {
	t.Parallel()
	fast, plain := twins(t, &testSecret)
	for _, n := range twinLengths() {
		content, iv := random(n), [16]byte(random(16))
		want := plain.AppendEncryptAt(nil, content, testTime, iv)
		if got := fast.AppendEncryptAt(nil, content, testTime, iv); !bytes.Equal(got, want) {
			t.Fatalf("another token of %d bytes", n)
		}
		if got, err := fast.AppendDecrypt(nil, want); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("the token of %d bytes is opened to something else: %v", n, err)
		}
		inPlace := bytes.Clone(want)
		if got, err := fast.AppendDecrypt(inPlace[:0], inPlace); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("the token of %d bytes is opened in its place to something else: %v", n, err)
		}
	}
}

// Lanes of every two lengths are woven into each other.
func TestTwinsAgreeOnEach(t *testing.T) {
	t.Parallel()
	fast, plain := twins(t, &testSecret)
	lengths := []int{0, kernelLen - 1, kernelLen, kernelLen + 63, kernelLen + 64, 1000, pieceLen, pieceLen + lead + 1, 3*pieceLen + 9}
	var contents, got, want [][]byte
	var ivs [][16]byte
	for _, a := range lengths {
		for _, b := range lengths {
			for _, n := range []int{a, b} {
				content, iv := random(n), [16]byte(random(16))
				contents, ivs = append(contents, content), append(ivs, iv)
				got = append(got, []byte("kept"))
				want = append(want, plain.AppendEncryptAt([]byte("kept"), content, testTime, iv))
			}
		}
	}
	fast.AppendEncryptEachAt(got, contents, testTime, ivs)
	for i := range want {
		if !bytes.Equal(got[i], want[i]) {
			t.Errorf("another token of the %d bytes at %d", len(contents[i]), i)
		}
	}
}

// Every byte of a token matters to both, whichever kernel saw it.
func TestTwinsRefuseTheSame(t *testing.T) {
	t.Parallel()
	fast, plain := twins(t, &testSecret)
	for _, n := range []int{kernelLen, kernelLen + groupLen + 5, 5 * groupLen} {
		token := plain.AppendEncrypt(nil, random(n))
		for i := range token {
			was := token[i]
			for _, b := range []byte{'A', 'B', '/', '\n'} {
				token[i] = b
				sameAnswer(t, fast, plain, token)
			}
			token[i] = was
		}
	}
}

func sameAnswer(t *testing.T, fast, plain *Cipher, token []byte) {
	t.Helper()
	want, wantErr := plain.AppendDecrypt(nil, token)
	dst := make([]byte, 0, MaxDecodedLen(len(token)))
	got, err := fast.AppendDecrypt(dst, token)
	if !errors.Is(err, wantErr) || !bytes.Equal(got, want) {
		t.Fatalf("with kernels %d bytes, %v; without %d bytes, %v", len(got), err, len(want), wantErr)
	}
	if err != nil && len(bytes.Trim(dst[:cap(dst)], "\x00")) > 0 {
		t.Fatal("plaintext is left behind with an error")
	}
}

// Kernels and the standard library make the same tokens, and the same of any
// token.
func FuzzTwins(f *testing.F) {
	f.Add(random(kernelLen), testSecret[:], random(16), 70)
	f.Add(random(pieceLen+kernelLen), random(32), random(16), 0)
	f.Fuzz(func(t *testing.T, content, keyBytes, ivBytes []byte, damaged int) {
		var secret [32]byte
		var iv [16]byte
		copy(secret[:], keyBytes)
		copy(iv[:], ivBytes)
		fast, plain := twins(t, &secret)
		for len(content) > 0 && len(content) < kernelLen {
			content = append(content, content...) // so that there is something to compare
		}
		token := plain.AppendEncryptAt(nil, content, testTime, iv)
		if !bytes.Equal(token, fast.AppendEncryptAt(nil, content, testTime, iv)) {
			t.Fatalf("another token of %d bytes", len(content))
		}
		shorter, tokens := content[len(content)/3:], make([][]byte, 2)
		fast.AppendEncryptEachAt(tokens, [][]byte{shorter, content}, testTime, [][16]byte{iv, iv})
		if !bytes.Equal(tokens[0], plain.AppendEncryptAt(nil, shorter, testTime, iv)) || !bytes.Equal(tokens[1], token) {
			t.Fatalf("other tokens of %d and %d bytes", len(shorter), len(content))
		}
		sameAnswer(t, fast, plain, token)
		token[uint(damaged)%uint(len(token))] ^= 4
		sameAnswer(t, fast, plain, token)
	})
}

func BenchmarkKernels(b *testing.B) {
	const n = pieceLen / groupLen
	if !hasKernels {
		b.Skip("no kernels")
	}
	var enc, dec schedule
	expand(&enc, &dec, &[16]byte{})
	var sums [2]digest
	in, out := [2][pieceLen]byte{}, [2][headerLen + lead + pieceLen]byte{}
	for _, kernel := range []struct {
		name  string
		lanes int
		run   func()
	}{
		{"hash1", 1, func() { hash1(&sums[0], &in[0][0], n) }},
		{"encrypt1", 1, func() { encrypt1(&enc, &sums[0], &out[0][headerLen+lead], &in[0][0], &out[0][0], n) }},
		{"encrypt2", 2, func() {
			encrypt2(&enc, &sums[0], &out[0][headerLen+lead], &in[0][0], &out[0][0], &sums[1], &out[1][headerLen+lead], &in[1][0], &out[1][0], n)
		}},
		{"decrypt1", 1, func() { decrypt1(&dec, &sums[0], &in[0][0], &out[0][headerLen], &out[0][0], n) }},
	} {
		b.Run(kernel.name, func(b *testing.B) {
			b.SetBytes(int64(kernel.lanes * pieceLen))
			for b.Loop() {
				kernel.run()
			}
		})
	}
}

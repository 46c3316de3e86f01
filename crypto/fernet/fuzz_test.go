package fernet

import (
	"bytes"
	"encoding/base64"
	"testing"

	oracle "github.com/fernet/fernet-go"
)

// oracleDecrypt is what fernet-go makes of a token. It panics on some authentic
// tokens without a ciphertext.
func oracleDecrypt(secret *[32]byte, token []byte) (plain []byte, ok bool) {
	defer func() {
		if recover() != nil {
			plain, ok = nil, false
		}
	}()
	key := oracle.Key(*secret)
	plain = oracle.VerifyAndDecrypt(bytes.Clone(token), 0, []*oracle.Key{&key})
	return plain, plain != nil
}

// Where this package opens a token, fernet-go opens it too and finds the same.
func FuzzAppendDecrypt(f *testing.F) {
	for _, file := range tokenFiles() {
		f.Add(file.token)
	}
	f.Add([]byte(publishedToken))
	c := New(&testSecret)
	f.Add(c.AppendEncrypt(nil, random(pieceLen+5)))
	f.Fuzz(func(t *testing.T, token []byte) {
		got, err := c.AppendDecrypt([]byte("kept"), token)
		if !bytes.HasPrefix(got, []byte("kept")) {
			t.Fatal("dst is lost")
		}
		if err != nil {
			if len(got) != 4 {
				t.Fatal("bytes are released with an error")
			}
			return
		}
		want, ok := oracleDecrypt(&testSecret, token)
		if !ok || !bytes.Equal(want, got[4:]) {
			t.Fatalf("we found %q, fernet-go %q, %v", got[4:], want, ok)
		}
		if _, err := Tag(token); err != nil {
			t.Fatalf("authentic token without a tag: %v", err)
		}
	})
}

// A token of ours, opened by fernet-go and by us, and one of fernet-go, opened
// by us; then the same frame with the fuzzer's bytes as its padded content.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte{}, testSecret[:])
	f.Add([]byte("hello"), testSecret[:])
	f.Add(random(pieceLen*2+3), random(32))
	f.Add(bytes.Repeat([]byte{16}, 48), []byte("short"))
	f.Fuzz(func(t *testing.T, plain, keyBytes []byte) {
		var secret [32]byte
		copy(secret[:], keyBytes)
		c := New(&secret)
		token := c.AppendEncrypt(nil, plain)
		if got, ok := oracleDecrypt(&secret, token); !ok || !bytes.Equal(got, plain) {
			t.Fatalf("fernet-go does not open ours: %v", ok)
		}
		if got, err := c.AppendDecrypt(nil, token); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("we do not open ours: %v", err)
		}
		key := oracle.Key(secret)
		theirs, err := oracle.EncryptAndSign(plain, &key)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.AppendDecrypt(nil, theirs); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("we do not open a token of fernet-go: %v", err)
		}
		if blocks := plain[:len(plain)/blockLen*blockLen]; len(blocks) > 0 {
			token := seal(&secret, version, blocks)
			got, err := c.AppendDecrypt(nil, token)
			want, ok := oracleDecrypt(&secret, token)
			if err == nil && (!ok || !bytes.Equal(got, want)) {
				t.Fatalf("padding: we found %q, fernet-go %q, %v", got, want, ok)
			}
		}
	})
}

// The vector decoder with its guards accepts exactly what the standard library
// does when strict, without line breaks.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(publishedToken))
	f.Add(bytes.Repeat([]byte("/"), 64))
	f.Add(bytes.Repeat([]byte("+-_A"), 64))
	f.Add(append(bytes.Repeat([]byte("AAAA"), 40), "\n\n\n\nAA=="...))
	f.Add(append(bytes.Repeat([]byte("AAAA"), 40), "AB=="...))
	std := base64.URLEncoding.Strict()
	f.Fuzz(func(t *testing.T, text []byte) {
		want := make([]byte, std.DecodedLen(len(text)))
		n, stdErr := std.Decode(want, text)
		ok := stdErr == nil && !bytes.ContainsAny(text, "\r\n")

		size, err := rawLen(text)
		got := make([]byte, len(text)+headroom)
		if err == nil {
			err = decode(got, text, size)
		}
		if (err == nil) != ok {
			t.Fatalf("%q: error %v, standard %v", text, err, stdErr)
		}
		if ok && (n != size || !bytes.Equal(got[:n], want[:n])) {
			t.Fatalf("%q: other bytes than standard", text)
		}
	})
}

// Tag, Timestamp and LooksLikeToken say nothing wrong about any bytes.
func FuzzInspect(f *testing.F) {
	for _, file := range tokenFiles() {
		f.Add(file.token)
	}
	f.Fuzz(func(t *testing.T, token []byte) {
		LooksLikeToken(token)
		_, timeErr := Timestamp(token)
		tag, tagErr := Tag(token)
		raw, err := base64.URLEncoding.Strict().DecodeString(string(token))
		if err != nil || len(raw) < frameLen {
			return
		}
		if tagErr == nil && !bytes.Equal(tag[:], raw[len(raw)-tagLen:]) {
			t.Fatalf("tag %x", tag)
		}
		if timeErr == nil && raw[0] != version {
			t.Fatal("time of another version")
		}
	})
}

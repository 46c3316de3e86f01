package fernet

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"time"
)

// The tokens of testdata/python_tokens.json were made by Python's cryptography
// with testdata/python_tokens.py. We must open them, and make the same ones.
func TestPythonTokens(t *testing.T) {
	b, err := os.ReadFile("testdata/python_tokens.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Maker, Secret string
		Cases         []struct {
			Plain, IV, Token string
			Seconds          int64
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) < 10 {
		t.Fatalf("only %d tokens", len(golden.Cases))
	}
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	c := New(secretOf(t, golden.Secret))
	for _, test := range golden.Cases {
		plain, at := unhex(test.Plain), time.Unix(test.Seconds, 0)
		got, err := c.AppendDecrypt(nil, []byte(test.Token))
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s, %d bytes: we find %x, %v", golden.Maker, len(plain), got, err)
		}
		if made, err := Timestamp([]byte(test.Token)); err != nil || !made.Equal(at) {
			t.Errorf("%s, %d bytes: time %v, %v", golden.Maker, len(plain), made, err)
		}
		token := c.AppendEncryptAt(nil, plain, at, [16]byte(unhex(test.IV)))
		if string(token) != test.Token {
			t.Errorf("%s, %d bytes: we make\n%s\nwant\n%s", golden.Maker, len(plain), token, test.Token)
		}
	}
}

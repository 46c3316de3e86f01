package key_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"datum/crypto/fernet"
	"datum/crypto/key"
)

// The secret of the published Fernet vectors, as a key.
const publishedText = "datum-cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="

func mustParse(t testing.TB, text string) *key.Key {
	t.Helper()
	k, err := key.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func mustNew(t testing.TB) *key.Key {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// textOf returns the key of 32 times the same byte.
func textOf(b byte) string {
	return key.Prefix + base64.URLEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32))
}

func TestNewIsRandomAndComesBack(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		k := mustNew(t)
		text := string(k.AppendText(nil))
		if len(text) != 50 || !strings.HasPrefix(text, key.Prefix) {
			t.Fatalf("text of %d characters", len(text))
		}
		if seen[text] {
			t.Fatal("the same key came twice")
		}
		seen[text] = true
		if again := mustParse(t, text); !again.Equal(k) {
			t.Fatal("another key came back from the text")
		}
	}
}

func TestAppendTextKeepsWhatIsThere(t *testing.T) {
	got := mustParse(t, publishedText).AppendText([]byte("before "))
	if string(got) != "before "+publishedText {
		t.Errorf("got %q", got)
	}
}

// The halves of the secret must not be exchanged: this token is published.
func TestCipherOpensThePublishedToken(t *testing.T) {
	const token = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="
	got, err := mustParse(t, publishedText).Cipher().AppendDecrypt(nil, []byte(token))
	if err != nil || string(got) != "hello" {
		t.Errorf("got %q, %v", got, err)
	}
}

// Datumaro's handshake is the token of the key's own text under that key.
func TestHandshake(t *testing.T) {
	k := mustNew(t)
	token := k.Cipher().AppendEncrypt(nil, k.AppendText(nil))
	if len(token) != 164 {
		t.Errorf("handshake of %d characters, want 164", len(token))
	}
	text, err := k.Cipher().AppendDecrypt(nil, token)
	if err != nil {
		t.Fatal(err)
	}
	if !mustParse(t, string(text)).Equal(k) {
		t.Error("another key in the handshake")
	}
	if _, err := mustNew(t).Cipher().AppendDecrypt(nil, token); !errors.Is(err, fernet.ErrAuthentication) {
		t.Errorf("under another key: %v", err)
	}
}

func TestEqual(t *testing.T) {
	k := mustParse(t, textOf(7))
	if !k.Equal(k) || !k.Equal(mustParse(t, textOf(7))) {
		t.Error("equal keys differ")
	}
	base := bytes.Repeat([]byte{7}, 32)
	for i := range base {
		for bit := range 8 {
			other := bytes.Clone(base)
			other[i] ^= 1 << bit
			text := key.Prefix + base64.URLEncoding.EncodeToString(other)
			if o := mustParse(t, text); k.Equal(o) || o.Equal(k) {
				t.Fatalf("byte %d, bit %d makes no difference", i, bit)
			}
		}
	}
	if k.Equal(nil) || k.Equal(new(key.Key)) || new(key.Key).Equal(k) || new(key.Key).Equal(new(key.Key)) {
		t.Error("a key which holds no secret equals something")
	}
}

// Frozen values: a fingerprint written down years ago must still be found.
// They are what openssl says:
//
//	printf 'datum key fingerprint v1' | openssl dgst -sha256 -mac HMAC -macopt hexkey:KEY -binary | head -c 10 | base32
func TestFingerprintIsFrozen(t *testing.T) {
	tests := []struct{ text, want string }{
		{publishedText, "dk1:zk6p-axol-cmet-loce"},
		{textOf(0), "dk1:q4kp-46ny-5zzi-m3im"},
		{textOf(255), "dk1:fahv-r4ev-473z-ipwn"},
	}
	for _, test := range tests {
		if got := mustParse(t, test.text).Fingerprint(); got != test.want {
			t.Errorf("fingerprint %s, want %s", got, test.want)
		}
	}
}

func TestFingerprintTellsKeysApartAndNothingElse(t *testing.T) {
	form := regexp.MustCompile(`^dk1:[a-z2-7]{4}(-[a-z2-7]{4}){3}$`)
	seen := map[string]bool{}
	for b := range 256 {
		k := mustParse(t, textOf(byte(b)))
		f := k.Fingerprint()
		if !form.MatchString(f) {
			t.Fatalf("form of %q", f)
		}
		if f != k.Fingerprint() || seen[f] {
			t.Fatalf("fingerprint %s is not the key's own", f)
		}
		seen[f] = true
		flat := strings.ReplaceAll(strings.TrimPrefix(f, "dk1:"), "-", "")
		if strings.Contains(strings.ToLower(string(k.AppendText(nil))), flat[:6]) {
			t.Fatalf("fingerprint %s is part of the key", f)
		}
	}
}

func TestDestroyed(t *testing.T) {
	destroyed := mustNew(t)
	cipher := destroyed.Cipher()
	token := cipher.AppendEncrypt(nil, []byte("kept"))
	destroyed.Destroy()
	destroyed.Destroy()

	var none *key.Key
	none.Destroy()
	for name, k := range map[string]*key.Key{"destroyed": destroyed, "nil": none, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "k")
			_, wrapErr := key.Wrap(k, []byte("pass"), cheap)
			for what, err := range map[string]error{"Err": k.Err(), "WriteFile": k.WriteFile(path), "Wrap": wrapErr} {
				if !errors.Is(err, key.ErrDestroyed) {
					t.Errorf("%s gives %v", what, err)
				}
			}
			if k.Cipher() != nil {
				t.Error("there is a cipher")
			}
			if got := k.AppendText([]byte("x")); string(got) != "x" {
				t.Errorf("text is %q", got)
			}
			if k.Fingerprint() != "" || k.Equal(k) {
				t.Error("there is something to compare")
			}
			if names, _ := filepath.Glob(path); names != nil {
				t.Error("a file was made")
			}
		})
	}
	if got, err := cipher.AppendDecrypt(nil, token); err != nil || string(got) != "kept" {
		t.Errorf("a cipher made before the end: %q, %v", got, err)
	}
}

// A copy is the same secret: it must not outlive the original.
func TestDestroyReachesCopies(t *testing.T) {
	k := mustNew(t)
	duplicate := *k
	k.Destroy()
	if err := duplicate.Err(); !errors.Is(err, key.ErrDestroyed) {
		t.Errorf("the copy gives %v", err)
	}
}

func TestErrOfAGoodKey(t *testing.T) {
	if err := mustNew(t).Err(); err != nil {
		t.Error(err)
	}
}

// To be run with -race, like all of this package.
func TestConcurrentUseAndDestroy(t *testing.T) {
	k := mustNew(t)
	want := k.Fingerprint()
	other := mustNew(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if f := k.Fingerprint(); f != want && f != "" {
					t.Errorf("fingerprint %q of a half destroyed key", f)
				}
				if text := k.AppendText(nil); len(text) != 0 && len(text) != 50 {
					t.Errorf("text of %d characters", len(text))
				}
				k.Equal(other)
				other.Equal(k)
				if c := k.Cipher(); c != nil {
					c.AppendEncrypt(nil, []byte("x"))
				}
				_ = fmt.Sprint(k)
			}
		})
	}
	wg.Go(k.Destroy)
	wg.Wait()
	if k.Err() == nil {
		t.Error("the key is still there")
	}
}

// Two keys compared with each other from both sides, while others wait to
// destroy them, must not lock each other out.
func TestEqualDoesNotDeadlock(t *testing.T) {
	for range 200 {
		a, b := mustNew(t), mustNew(t)
		var wg sync.WaitGroup
		wg.Go(func() { a.Equal(b) })
		wg.Go(func() { b.Equal(a) })
		wg.Go(func() { a.Equal(a) })
		wg.Go(a.Destroy)
		wg.Go(b.Destroy)
		wg.Wait()
	}
}

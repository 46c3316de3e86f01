package key

import (
	"errors"
	"testing"
)

// That the memory is cleared cannot be seen from outside.
func TestDestroyClearsTheMemory(t *testing.T) {
	k, err := New()
	if err != nil {
		t.Fatal(err)
	}
	v := k.vault()
	if v.secret == [secretLen]byte{} {
		t.Fatal("a new key is all zero")
	}
	k.Destroy()
	if v.secret != [secretLen]byte{} {
		t.Error("the secret is still in memory")
	}
}

func TestHoldClearsWhatItWasGiven(t *testing.T) {
	secret := [secretLen]byte{1, 2, 3}
	k := hold(&secret)
	if secret != [secretLen]byte{} {
		t.Error("the caller's copy is still in memory")
	}
	if k.vault().secret != [secretLen]byte{1, 2, 3} {
		t.Error("the key holds something else")
	}
}

// A file whose maker knew the passphrase and put the fingerprint of another key
// on it is authentic, and must not open all the same.
func TestUnwrapChecksTheFingerprint(t *testing.T) {
	pass := []byte("pass")
	inside, other := hold(&[secretLen]byte{1}), hold(&[secretLen]byte{2})
	for name, test := range map[string]struct {
		shown string
		want  error
	}{"its own": {inside.Fingerprint(), nil}, "another's": {other.Fingerprint(), ErrPassphrase}} {
		w := wrapped{params: Params{Time: minTime, Memory: minMemory, Threads: 1}, name: test.shown}
		aead, nonce, err := w.aead(pass)
		if err != nil {
			t.Fatal(err)
		}
		secret := [secretLen]byte{1}
		aead.Seal(w.sealed[:0], nonce, secret[:], w.header())
		if k, err := Unwrap(w.text(), pass); !errors.Is(err, test.want) || (k == nil) != (test.want != nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

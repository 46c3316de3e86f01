package key_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"datum/crypto/key"
)

// What is derived never changes: files depend on it. The values were made with
// HKDF of Python's cryptography 50.
func TestDeriveStays(t *testing.T) {
	k := mustParse(t, "datum-MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	for _, test := range []struct {
		purpose string
		n       int
		want    string
	}{
		{"", 16, "66270da4cd124166b456eb79d9008a3a"},
		{"sealed v1 model", 16, "439bb3cb2760e1a387830e54facba316"},
		{"sealed v1 model", 64, "439bb3cb2760e1a387830e54facba316d7590073695c14b6e793d14b78bf4aabff0c7c2a4897a2245137d35fda323736a1b5f625926bcadd43f8d95b05d6cc8c"},
		{"sealed v1 compiled-model", 16, "690799fed8a946f2b22d42881b6b3c39"},
		{"ключ\n", 32, "b176524f0d3f9c637aa7891d7df167e678cde033047dcd923cc27388413f4e99"},
	} {
		got, err := k.Derive(test.purpose, test.n)
		if err != nil || hex.EncodeToString(got) != test.want {
			t.Errorf("%q: %x, %v; want %s", test.purpose, got, err, test.want)
		}
	}
}

func TestDeriveOfADestroyedKey(t *testing.T) {
	k := mustNew(t)
	k.Destroy()
	if b, err := k.Derive("sealed v1 model", 16); b != nil || !errors.Is(err, key.ErrDestroyed) {
		t.Errorf("%x, %v", b, err)
	}
	var none *key.Key
	if b, err := none.Derive("sealed v1 model", 16); b != nil || !errors.Is(err, key.ErrDestroyed) {
		t.Errorf("of no key: %x, %v", b, err)
	}
}

// A length that protects nothing is a mistake of the program.
func TestDeriveRefusesLengths(t *testing.T) {
	for _, n := range []int{-1, 0, 15, 65} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d bytes were given", n)
				}
			}()
			mustNew(t).Derive("x", n)
		}()
	}
}

// Neither half of the secret, which tokens use, is ever what is derived.
func TestDeriveGivesNothingOfTheSecret(t *testing.T) {
	k := mustNew(t)
	a, err := k.Derive("a", 32)
	if err != nil {
		t.Fatal(err)
	}
	b, err := k.Derive("b", 32)
	if err != nil {
		t.Fatal(err)
	}
	text := k.AppendText(nil)
	if string(a) == string(b) || len(a) != 32 {
		t.Errorf("two purposes: %x and %x", a, b)
	}
	same, err := key.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := same.Derive("a", 32); err != nil || string(again) != string(a) {
		t.Errorf("the same key gives %x, %v, not %x", again, err, a)
	}
}

package key_test

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"datum/crypto/key"
)

func Example() {
	k, err := key.Parse([]byte("datum-cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer k.Destroy()
	fmt.Println("it is not printed:", k)
	fmt.Println("it has a name:", k.Fingerprint())

	c := k.Cipher()
	plain, err := c.AppendDecrypt(nil, c.AppendEncrypt(nil, []byte("a picture")))
	fmt.Printf("it opens %q, %v\n", plain, err)
	// Output:
	// it is not printed: [redacted]
	// it has a name: dk1:zk6p-axol-cmet-loce
	// it opens "a picture", <nil>
}

func ExampleParse() {
	_, err := key.Parse([]byte("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="))
	fmt.Println(err)
	fmt.Println(errors.Is(err, key.ErrMalformed))
	// Output:
	// malformed key: the prefix "datum-" is missing
	// true
}

func ExampleLookup() {
	k, origin, err := key.Lookup{
		File:   "-",
		Stdin:  strings.NewReader("datum-cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=\n"),
		Getenv: os.Getenv,
	}.Find()
	fmt.Println(k.Fingerprint(), "from", origin, err)
	// Output:
	// dk1:zk6p-axol-cmet-loce from standard input <nil>
}

func ExampleWrap() {
	k, err := key.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := key.Wrap(k, []byte("a long passphrase"), key.DefaultParams)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = key.Unwrap(file, []byte("another passphrase"))
	fmt.Println("wrong passphrase:", errors.Is(err, key.ErrPassphrase))
	again, err := key.Unwrap(file, []byte("a long passphrase"))
	fmt.Println("right passphrase:", again.Equal(k), err)
	// Output:
	// wrong passphrase: true
	// right passphrase: true <nil>
}

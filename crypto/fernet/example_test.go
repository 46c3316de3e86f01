package fernet_test

import (
	"bytes"
	"errors"
	"fmt"

	"datum/crypto/fernet"
)

func Example() {
	secret := [32]byte{1, 2, 3} // take one from crypto/key
	c := fernet.New(&secret)

	token := c.AppendEncrypt(nil, []byte("a label file"))
	plain, err := c.AppendDecrypt(nil, token)
	fmt.Printf("%s %v\n", plain, err)

	token = bytes.ToUpper(token)
	_, err = c.AppendDecrypt(nil, token)
	fmt.Println(errors.Is(err, fernet.ErrToken))
	// Output:
	// a label file <nil>
	// true
}

// One buffer serves any number of tokens without an allocation.
func ExampleCipher_AppendDecrypt() {
	c := fernet.New(&[32]byte{1, 2, 3})
	tokens := [][]byte{
		c.AppendEncrypt(nil, []byte("first")),
		c.AppendEncrypt(nil, []byte("second")),
	}
	var buf []byte
	for _, token := range tokens {
		var err error
		if buf, err = c.AppendDecrypt(buf[:0], token); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s\n", buf)
	}
	// Output:
	// first
	// second
}

func ExampleLooksLikeToken() {
	fmt.Println(fernet.LooksLikeToken([]byte("gAAAAABm")))
	fmt.Println(fernet.LooksLikeToken([]byte("\xff\xd8\xff\xe0\x00\x10JFIF")))
	// Output:
	// true
	// false
}

package main

import (
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"datum/crypto/fernet"
)

// What any program has to do for a conversion: read the input, encrypt or
// decrypt as many bytes, write files of these names and sizes. Each part is
// done alone, by one goroutine, and the data of one is not that of the next.
func measureFloor(in, like, out, direction string) (map[string]float64, error) {
	list, err := loadList(like)
	if err != nil {
		return nil, err
	}
	values := map[string]float64{}
	part := func(name string, do func() error) {
		if err != nil {
			return
		}
		before := usedByMe()
		err = do()
		values[name] = usedByMe() - before
	}
	var read, written int64
	for _, f := range list {
		written += f.Size
	}
	part(partRead, func() (err error) {
		read, err = readFiles(in)
		return err
	})
	switch direction {
	case "encrypt":
		part(partFernet, func() error { return encryptMuch(written) })
	case "decrypt":
		before := usedByMe()
		tokens := makeToken()
		values["preparation"] = usedByMe() - before
		part(partFernet, func() error { return decryptMuch(tokens, read) })
	}
	part(partWrite, func() error { return writeFiles(out, list) })
	part(partFlush, func() error { return flushFileSystem(out) })
	return values, err
}

// The parts of the floor, in CPU seconds.
const (
	partRead   = "read"
	partFernet = "fernet"
	partWrite  = "write"
	partFlush  = "flush"
)

// floorPiece is the plaintext of the tokens of the floor: so small that it
// stays in the processor's cache.
const floorPiece = 384 << 10

// encryptMuch makes tokens of n bytes in all.
func encryptMuch(n int64) error {
	c, plain, token := newCipher(), make([]byte, floorPiece), []byte(nil)
	for n > 0 {
		token = c.AppendEncrypt(token[:0], plain[:min(floorPiece, max(1, n*3/4))])
		n -= int64(len(token))
	}
	return nil
}

func makeToken() []byte { return newCipher().AppendEncrypt(nil, make([]byte, floorPiece)) }

// decryptMuch reads tokens of n bytes in all, the last of which may be too much
// by half a token.
func decryptMuch(token []byte, n int64) (err error) {
	c, plain := newCipher(), []byte(nil)
	for ; n > int64(len(token)/2) && err == nil; n -= int64(len(token)) {
		plain, err = c.AppendDecrypt(plain[:0], token)
	}
	return err
}

func newCipher() *fernet.Cipher { return fernet.New(&[32]byte{1, 2, 3}) }

// writeFiles makes files of the given names and sizes, of bytes that no file
// system makes smaller.
func writeFiles(dir string, list []file) error {
	noise := make([]byte, 1<<20)
	r := rand.NewChaCha8([32]byte{})
	r.Read(noise)
	made := map[string]bool{}
	for _, f := range list {
		path := filepath.Join(dir, f.Path)
		if parent := filepath.Dir(path); !made[parent] {
			if err := os.MkdirAll(parent, 0o777); err != nil {
				return err
			}
			made[parent] = true
		}
		if err := writeNoise(path, f.Size, noise); err != nil {
			return err
		}
	}
	return nil
}

// writeNoise calls the system directly: what the standard library adds is not
// unavoidable.
func writeNoise(path string, size int64, noise []byte) error {
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o666)
	if err != nil {
		return &os.PathError{Op: "open", Path: path, Err: err}
	}
	for size > 0 && err == nil {
		var n int
		n, err = unix.Write(fd, noise[:min(size, int64(len(noise)))])
		size -= int64(n)
	}
	return errors.Join(err, unix.Close(fd))
}

// flushFileSystem waits until everything written to the file system is on disk.
func flushFileSystem(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(d.Fd())), d.Close())
}

// keyText is the key of the datasets of this program.
var keyText = "datum-" + base64.URLEncoding.EncodeToString([]byte("a key for measurements, no other"))

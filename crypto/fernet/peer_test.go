package fernet

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// askPeer runs testdata/peer.py on the requests, one a line, and returns its
// answers. Without an interpreter it skips the test.
func askPeer(t *testing.T, requests []string) []string {
	t.Helper()
	python := filepath.Join(os.Getenv("DATUM_PEERS"), "datumaro-1.11.1", "bin", "python")
	if _, err := os.Stat(python); os.Getenv("DATUM_PEERS") == "" || err != nil {
		t.Skip("NOT CHECKED AGAINST PYTHON: set DATUM_PEERS to a folder which holds datumaro-1.11.1/bin/python")
	}
	secret := base64.URLEncoding.EncodeToString(testSecret[:])
	cmd := exec.Command(python, "testdata/peer.py", secret)
	cmd.Stdin = strings.NewReader(strings.Join(requests, "\n") + "\n")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(answers) != len(requests) {
		t.Fatalf("%d answers to %d requests", len(answers), len(requests))
	}
	return answers
}

// peerLengths are the plaintext lengths which both sides try.
func peerLengths() []int {
	var all []int
	for n := range 71 {
		all = append(all, n)
	}
	return append(all, 100_000)
}

func TestPeerOpensOurs(t *testing.T) {
	c := New(&testSecret)
	var requests []string
	for _, n := range peerLengths() {
		requests = append(requests, fmt.Sprintf("decrypt %s", c.AppendEncrypt(nil, random(n))))
	}
	for i, answer := range askPeer(t, requests) {
		n := peerLengths()[i]
		if answer != hex.EncodeToString(random(n)) {
			t.Errorf("%d bytes: the peer finds %.80q", n, answer)
		}
	}
}

func TestWeOpenThePeers(t *testing.T) {
	c := New(&testSecret)
	var requests []string
	for _, n := range peerLengths() {
		requests = append(requests, fmt.Sprintf("encrypt %x", random(n)))
	}
	for i, answer := range askPeer(t, requests) {
		n := peerLengths()[i]
		got, err := c.AppendDecrypt(nil, []byte(answer))
		if err != nil || !bytes.Equal(got, random(n)) {
			t.Errorf("%d bytes: %v from %.80q", n, err, answer)
		}
	}
}

// What we open the peer opens too; it is more lenient the other way round.
func TestPeerOnTokenFiles(t *testing.T) {
	c := New(&testSecret)
	var requests, names []string
	for name, file := range tokenFiles() {
		if !bytes.ContainsAny(file.token, "\r\n") && !strings.HasPrefix(name, "text_") {
			names = append(names, name)
			requests = append(requests, fmt.Sprintf("decrypt %s", file.token))
		}
	}
	files := tokenFiles()
	for i, answer := range askPeer(t, requests) {
		plain, err := c.AppendDecrypt(nil, files[names[i]].token)
		if err == nil && answer != hex.EncodeToString(plain) {
			t.Errorf("%s: we find %x, the peer %s", names[i], plain, answer)
		}
	}
}

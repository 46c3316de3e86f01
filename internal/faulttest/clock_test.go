package faulttest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"datum/crypto/key"
)

// TestClock has tokens of every time: a clock that was wrong when a dataset was
// written, or is wrong now, keeps nobody from reading it.
func TestClock(t *testing.T) {
	tr := newTrial(t, scenario{name: "decrypt", args: "decrypt sealed out -f coco -k {key}", target: "out"})
	must(t, runProgram("encrypt", fixture("coco"), tr.path("sealed"), "-k", fixture("key"), "--no-sidecar"))
	k, err := key.ReadFile(fixture("key"))
	must(t, err)
	defer k.Destroy()
	pictures, err := filepath.Glob(tr.path("sealed/images/train/*"))
	must(t, err)
	for i, name := range pictures {
		token, err := os.ReadFile(name)
		must(t, err)
		plain, err := k.Cipher().AppendDecrypt(nil, token)
		must(t, err)
		at := []time.Time{time.Unix(0, 0), time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC), time.Now().Add(time.Hour)}[i%3]
		must(t, os.WriteFile(name, k.Cipher().AppendEncryptAt(nil, plain, at, [16]byte{byte(i)}), 0o666))
		must(t, os.Chtimes(name, at, at))
	}
	if code, said := tr.run(tr.command()); code != 0 || len(pictures) < 3 {
		t.Errorf("%d pictures, exit code %d\n%s", len(pictures), code, said)
	}
	must(t, runProgram("verify", tr.path("sealed"), "-k", fixture("key")))
	must(t, os.RemoveAll(tr.path("sealed")))
	tr.nothingLeft()
}

package peertest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"datum"
)

// program builds datum once and returns its path.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "datum-peertest-")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "datum")
	cmd := exec.Command("go", "build", "-o", name, "datum/cmd/datum")
	cmd.Stderr = os.Stderr
	return name, cmd.Run()
})

func TestMain(m *testing.M) {
	code := m.Run()
	if name, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(name))
	}
	os.Exit(code)
}

// datumCommand runs our program; the test ends if it fails.
func datumCommand(t *testing.T, args ...string) string {
	t.Helper()
	name, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = t.TempDir()
	var diagnosis bytes.Buffer
	cmd.Stderr = &diagnosis
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("datum %s: %v\n%s", strings.Join(args, " "), err, tail(diagnosis.String(), 10))
	}
	return string(out)
}

// oldCommandLines are what people have in their scripts. COCO is a dataset in
// that format, LOCKED one that Datumaro 1.11.1 encrypted, KEY its key, OUT the
// folder to write.
var oldCommandLines = []struct {
	name   string
	line   string
	format string // of what is written
	// encrypted: under the key in OUT. withoutMedia: only names were saved.
	encrypted, withoutMedia bool
}{
	{"encrypt", "convert -i COCO -if coco -o OUT -f datumaro_binary --overwrite -- --save-media --encryption", "datumaro_binary", true, false},
	{"encrypt, long names", "convert --input-path COCO --input-format coco --output-dir OUT --output-format datumaro_binary -- --save-media --encryption", "datumaro_binary", true, false},
	{"encrypt the annotations", "convert -i COCO -if coco -o OUT -f datumaro_binary -- --encryption", "datumaro_binary", true, true},
	{"encrypt, media in plain", "convert -i COCO -if coco -o OUT -f datumaro_binary -- --save-media --encryption --no-media-encryption", "datumaro_binary", true, false},
	{"workers", "convert -i COCO -if coco -o OUT -f datumaro_binary -- --save-media --num-workers 2", "datumaro_binary", false, false},
	{"decrypt to COCO", "convert -i LOCKED -if datumaro_binary -o OUT -f coco --encryption-key KEY -- --save-media", "coco", false, false},
	{"decrypt to Datumaro", "convert -i LOCKED -if datumaro_binary -o OUT -f datumaro --encryption-key KEY -- --save-media", "datumaro", false, false},
	{"to Datumaro", "convert -i COCO -if coco -o OUT -f datumaro -- --save-media", "datumaro", false, false},
	{"format to be found", "convert -i COCO -o OUT -f datumaro -- --save-media", "datumaro", false, false},
}

// The old command lines work unchanged, and also without "--", and what comes
// out of both programs holds the same.
func TestOldCommandLines(t *testing.T) {
	Python(t, Old)
	coco := oneTask(t, filepath.Join(Root(t), "testdata", "coco", "sample"), "instances")
	without(t, coco, regexp.MustCompile(`"counts"`)) // Datumaro's writers of COCO and datumaro_binary fail at some masks
	locked := filepath.Join(t.TempDir(), "locked")
	CommandLine(t, Old, "convert", "-i", coco, "-if", "coco", "-o", locked, "-f", "datumaro_binary", "--", "--save-media", "--encryption")
	words := func(line, out string) []string {
		key := secretKey(t, locked)
		list := strings.Fields(line)
		for i, w := range list {
			switch w {
			case "COCO":
				list[i] = coco
			case "LOCKED":
				list[i] = locked
			case "KEY":
				list[i] = key
			case "OUT":
				list[i] = out
			}
		}
		return list
	}
	for _, test := range oldCommandLines {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			read := func(out string) *Dump {
				key := ""
				if test.encrypted {
					key = secretKey(t, out)
				}
				d := Read(t, Old, test.format, out, key)
				if test.withoutMedia {
					d.Media = make([]Media, len(d.Items))
				}
				if test.format == "coco" {
					d.WithoutIDs()
				}
				return d.ByID()
			}
			theirs := filepath.Join(t.TempDir(), "theirs")
			CommandLine(t, Old, words(test.line, theirs)...)
			want := read(theirs)
			for _, line := range []string{test.line, strings.Replace(test.line, " -- ", " ", 1)} {
				ours := filepath.Join(t.TempDir(), "ours")
				datumCommand(t, words(line, ours)...)
				Compare(want, read(ours)).Check(t, 0)
			}
		})
	}
}

// secretKey returns the key that was left in a dataset.
func secretKey(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, datum.SecretKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(b))
}

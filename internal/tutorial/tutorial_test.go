// Package tutorial has no code. Its test does what the tutorial tells people to do, in
// the words of the tutorial.
package tutorial

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"datum/internal/openvinotest"
	"datum/internal/peertest"
)

const document = "tutorial-encrypt-and-train.md"

// block is a part of the document: commands, and what they print according to it.
type block struct {
	line     int
	commands string
	prints   []string
}

// TestTutorial runs the commands one after the other. Of what is printed, numbers may
// be others: they depend on the machine.
func TestTutorial(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED, NOT PASSED: it trains a model for half a minute")
	}
	runtime := openvinotest.Dir(t)
	root := peertest.Root(t)
	blocks := read(t, filepath.Join(root, "docs", document))
	if len(blocks) < 10 {
		t.Fatalf("the tutorial has %d blocks of commands", len(blocks))
	}
	bin, work := t.TempDir(), t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "datum"), "./cmd/datum")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	env := append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "SOURCE="+root, "DATUM_OPENVINO="+runtime, "LC_ALL=C")
	for _, b := range blocks {
		cmd := exec.Command("bash", "-eu", "-c", b.commands)
		cmd.Dir, cmd.Env = work, env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s:%d: %v:\n%s", document, b.line, err, out)
		}
		for _, want := range b.prints {
			if !pattern(want).Match(out) {
				t.Errorf("%s:%d: %q is not among what is printed:\n%s", document, b.line, want, out)
			}
		}
	}
	for _, name := range []string{"shapes", "run/model.xml", "run/checkpoint", "found/secret_key.txt"} {
		if _, err := os.Lstat(filepath.Join(work, name)); err == nil {
			t.Errorf("%s is left in plain", name)
		}
	}
}

// pattern is what a line of the document stands for: any numbers, any space, and
// anything in the place of "…".
func pattern(line string) *regexp.Regexp {
	s := regexp.QuoteMeta(strings.TrimSpace(line))
	s = regexp.MustCompile(`[0-9]+(\\\.[0-9]+)?`).ReplaceAllString(s, `[0-9]+(\.[0-9]+)?`)
	s = regexp.MustCompile(`\s+`).ReplaceAllString(s, `\s+`)
	return regexp.MustCompile(`(?m)^\s*` + strings.ReplaceAll(s, "…", ".*") + `\s*$`)
}

// read takes the blocks out of the document.
func read(t *testing.T, path string) (blocks []block) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fence := "" // of the block that is open
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		switch text := lines.Text(); {
		case strings.HasPrefix(text, "```") && fence != "":
			fence = ""
		case strings.HasPrefix(text, "```"):
			if fence = strings.TrimPrefix(text, "```"); fence == "sh" {
				blocks = append(blocks, block{line: n + 1})
			} else if fence != "text" || len(blocks) == 0 {
				t.Fatalf("%s:%d: a block is of commands (sh), or of what those before it print (text)", path, n)
			}
		case fence == "sh":
			blocks[len(blocks)-1].commands += text + "\n"
		case fence == "text":
			b := &blocks[len(blocks)-1]
			b.prints = append(b.prints, text)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return blocks
}

// TestPictures: those of the tutorial are there, and small.
func TestPictures(t *testing.T) {
	t.Parallel()
	docs := filepath.Join(peertest.Root(t), "docs")
	text, err := os.ReadFile(filepath.Join(docs, document))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`src="([^"]+)"`).FindAllSubmatch(text, -1)
	if len(found) == 0 {
		t.Error("the tutorial has no picture")
	}
	for _, m := range found {
		st, err := os.Stat(filepath.Join(docs, filepath.FromSlash(string(m[1]))))
		if err != nil {
			t.Error(err)
		} else if st.Size() > 200<<10 {
			t.Errorf("%s has %d bytes", m[1], st.Size())
		}
	}
}

package commands

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"datum/crypto/key"
)

// secret is a key as the test knows it: under all the forms in which it could
// get out.
type secret struct {
	file  string
	forms [][]byte
}

func newSecret(t *testing.T, file string) secret {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := k.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	return readSecret(t, file)
}

func readSecret(t *testing.T, file string) secret {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.TrimPrefix(bytes.TrimSpace(text), []byte("datum-"))
	raw, err := base64.URLEncoding.DecodeString(string(text))
	if err != nil || len(raw) != 32 {
		t.Fatalf("%s: %d bytes, %v", file, len(raw), err)
	}
	return secret{file, [][]byte{text[:43], raw[:16], raw[16:], []byte(hex.EncodeToString(raw[:16])), []byte(hex.EncodeToString(raw[16:]))}}
}

// plainMarks are texts of the dataset that nobody without the key may see.
var plainMarks = []string{"secret-category", "secret-caption", "secret-attribute", "secret-licence", "secret-picture", "27182.75"}

// writeSecretDataset makes a COCO dataset whose every part has a mark in it.
func writeSecretDataset(t *testing.T, dir string) {
	t.Helper()
	picture, err := os.ReadFile("../../testdata/coco/sample/images/train/000000000006.jpg")
	if err != nil {
		t.Fatal(err)
	}
	comment := bytes.Repeat([]byte("secret-picture "), 200)
	data := append([]byte{0xff, 0xd8, 0xff, 0xfe, byte((len(comment) + 2) >> 8), byte(len(comment) + 2)}, comment...)
	data = append(data, picture[2:]...)
	writeFile(t, filepath.Join(dir, "images/train/a.jpg"), data)
	writeFile(t, filepath.Join(dir, "images/train/b.jpg"), data)
	writeFile(t, filepath.Join(dir, "annotations/instances_train.json"), []byte(`{"licenses":[{"id":1,"name":"secret-licence"}],
		"images":[{"id":1,"file_name":"a.jpg","width":160,"height":120,"license":1},{"id":2,"file_name":"b.jpg","width":160,"height":120}],
		"categories":[{"id":1,"name":"secret-category"}],
		"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1.123,2,3,4],"area":27182.75,"iscrowd":0,"segmentation":[],"attributes":{"secret-attribute":"secret-attribute"}}]}`))
	writeFile(t, filepath.Join(dir, "annotations/captions_train.json"), []byte(`{"images":[{"id":1,"file_name":"a.jpg","width":160,"height":120}],
		"annotations":[{"id":2,"image_id":1,"caption":"secret-caption"}]}`))
}

// writeSecretModel makes an IR whose parts have marks in them.
func writeSecretModel(t *testing.T, xml string) {
	t.Helper()
	for _, extension := range []string{".xml", ".bin"} {
		data, err := os.ReadFile("../../testdata/models/tiny" + extension)
		if err != nil {
			t.Fatal(err)
		}
		if extension == ".xml" {
			data = bytes.Replace(data, []byte(`<net name="tiny"`), []byte(`<net name="`+strings.Join(plainMarks, " ")+`"`), 1)
		} else {
			data = append(data, strings.Join(plainMarks, " ")...)
		}
		writeFile(t, strings.TrimSuffix(xml, ".xml")+extension, data)
	}
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// tarOf packs a folder.
func tarOf(t *testing.T, dir string) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	if err := w.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	z.Close()
	return packed.Bytes()
}

// call is a system call as strace tells it, its texts as the bytes they were.
type call struct{ name, text string }

// output are the calls by which bytes leave the process.
const output = "write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendmmsg,copy_file_range,sendfile,splice,vmsplice"

// traced runs datum under strace and returns its system calls.
func (b *traceBox) traced(t *testing.T, stdin []byte, want int, args ...string) []call {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	trace := []string{"-f", "-y", "-xx", "-s", "4194304", "-o", log,
		"-e", "trace=" + output + ",open,openat,creat,execve,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,mmap"}
	cmd := exec.Command(b.strace, append(append(trace, b.datum), args...)...)
	cmd.Dir, cmd.Stdin = b.dir, bytes.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != want {
		t.Fatalf("datum %s: exit code %d, want %d: %v\n%s", strings.Join(args, " "), got, want, err, out)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return parseTrace(t, string(text))
}

var (
	traceLine = regexp.MustCompile(`^\d+ +([a-z0-9]+)\(`)
	hexRun    = regexp.MustCompile(`(\\x[0-9a-f]{2})+`)
)

func parseTrace(t *testing.T, text string) (calls []call) {
	t.Helper()
	for line := range strings.Lines(text) {
		m := traceLine.FindStringSubmatch(line)
		if m == nil {
			continue // signals, ends of threads, and what resumes
		}
		if strings.Contains(line, `"...`) {
			t.Fatalf("strace cut a text short: %.200s", line)
		}
		calls = append(calls, call{m[1], hexRun.ReplaceAllStringFunc(line, func(run string) string {
			raw, err := hex.DecodeString(strings.ReplaceAll(run, `\x`, ""))
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		})})
	}
	if len(calls) < 5 {
		t.Fatalf("strace told of %d calls only", len(calls))
	}
	return calls
}

// descriptor finds the first argument, a file descriptor and its path.
var descriptor = regexp.MustCompile(`\((\d+)<([^>]*)>`)

// to returns the descriptor and the file that a call writes to.
func (c *call) to() (fd int, path string) {
	m := descriptor.FindStringSubmatch(c.text)
	if m == nil {
		return -1, ""
	}
	fd, _ = strconv.Atoi(m[1])
	return fd, m[2]
}

func (c *call) writes() bool { return strings.Contains(","+output+",", ","+c.name+",") }

// traceBox is where datum runs under strace.
type traceBox struct{ strace, datum, dir string }

func newTraceBox(t *testing.T) *traceBox {
	strace, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command(strace, "-f", "-o", os.DevNull, "true").Run()
	}
	if err != nil {
		t.Skipf("SKIPPED: strace cannot be used: %v", err)
	}
	b := &traceBox{strace: strace, datum: filepath.Join(t.TempDir(), "datum"), dir: t.TempDir()}
	// TestMain is datum where it is started under this name.
	if err := os.Symlink(os.Args[0], b.datum); err != nil {
		t.Fatal(err)
	}
	writeSecretDataset(t, filepath.Join(b.dir, "coco"))
	writeSecretModel(t, filepath.Join(b.dir, "net.xml"))
	return b
}

// noSecret fails the test where a form of the key is in any call. A new key is
// allowed in its own file.
func noSecret(t *testing.T, calls []call, s secret, file string) {
	t.Helper()
	for i := range calls {
		for _, form := range s.forms {
			if !strings.Contains(calls[i].text, string(form)) {
				continue
			}
			if _, path := calls[i].to(); file == "" || !strings.HasSuffix(path, file) {
				t.Errorf("the key is in %s: %.300q", calls[i].name, calls[i].text)
			}
		}
	}
}

// noPlaintext fails the test where a mark of the dataset leaves the process,
// unless it goes to the terminal and may, or where bytes leave it by a way on
// which strace does not see them.
func noPlaintext(t *testing.T, calls []call, terminal bool) {
	t.Helper()
	for i := range calls {
		c := &calls[i]
		fd, path := c.to()
		if c.name == "mmap" && strings.Contains(c.text, "MAP_SHARED") && strings.Contains(c.text, "PROT_WRITE") && !strings.Contains(c.text, "-1, 0") {
			t.Errorf("a file is written through memory: %.300q", c.text)
		}
		if !c.writes() || terminal && (fd == 1 || fd == 2) {
			continue
		}
		if c.name == "copy_file_range" || c.name == "sendfile" || strings.HasSuffix(c.name, "splice") {
			t.Errorf("%s copies without a look: %.300q", c.name, c.text)
		}
		for _, mark := range plainMarks {
			if strings.Contains(c.text, mark) {
				t.Errorf("%q is written to %s: %.300q", mark, path, c.text)
			}
		}
	}
}

// plaintextIsSeen guards likewise: where the output is plain, the marks are in
// what is written, and so would be found where they do not belong.
func plaintextIsSeen(t *testing.T, calls []call) {
	t.Helper()
	for _, mark := range plainMarks[:3] {
		if !slices.ContainsFunc(calls, func(c call) bool { return c.writes() && strings.Contains(c.text, mark) }) {
			t.Errorf("strace saw no %q being written", mark)
		}
	}
}

// writesSomething guards against a test that sees nothing: the file must have
// been written while strace looked.
func writesSomething(t *testing.T, calls []call, file string) {
	t.Helper()
	for i := range calls {
		if _, path := calls[i].to(); calls[i].writes() && strings.Contains(path, file) {
			return
		}
	}
	t.Errorf("strace saw nothing being written to %s", file)
}

// TestNothingLeaks runs datum under strace and looks at every byte that leaves
// it: no file, no argument and no message has the key in it or, as long as the
// output is encrypted, anything of the dataset.
func TestNothingLeaks(t *testing.T) {
	b := newTraceBox(t)
	k := newSecret(t, filepath.Join(b.dir, "key"))
	given := []string{"--encryption-key-file", "key"}
	encrypt := func(in, out string, more ...string) []string {
		return append(append([]string{"-v", "convert", "-i", in, "-o", out, "-f", "datumaro_binary", "--encryption", "--media", "copy"}, given...), more...)
	}
	for _, step := range []struct {
		name     string
		args     []string
		stdin    []byte
		exit     int
		terminal bool   // the result goes to the terminal and is about the dataset
		plain    bool   // the output is plain, as it was wanted
		writes   string // a file that is written
	}{
		{name: "convert", args: encrypt("coco", "enc"), writes: "train.datum"},
		{name: "convert to zip", args: encrypt("coco", "enc.zip"), writes: "/archive"},
		{name: "convert to tar.gz", args: encrypt("coco", "enc.tar.gz"), writes: "/archive"},
		{name: "convert from a pipe", args: encrypt("-", "piped"), stdin: tarOf(t, filepath.Join(b.dir, "coco")), writes: "train.datum"},
		{name: "convert as JSON", args: append([]string{"--json"}, encrypt("coco", "enc-json")...), writes: "train.datum"},
		{name: "convert encrypted", args: encrypt("enc", "again"), writes: "train.datum"},
		{name: "encrypt", args: append([]string{"encrypt", "-i", "coco", "-o", "enc-2"}, given...), writes: "train.datum"},
		{name: "verify", args: append([]string{"-v", "verify", "enc"}, given...), terminal: true},
		{name: "info", args: append([]string{"-v", "info", "enc"}, given...), terminal: true},
		{name: "stream", args: append([]string{"-v", "stream", "enc", "--shuffle"}, given...), terminal: true},
		{name: "detect", args: []string{"detect", "enc"}},
		{name: "fail on what is there", args: encrypt("coco", "enc"), exit: 11},
		{name: "decrypt", args: append([]string{"decrypt", "-i", "enc", "-o", "plain"}, given...), plain: true, writes: "train.datum"},
		{name: "model encrypt", args: append([]string{"-v", "model", "encrypt", "net.xml", "net.sealed"}, given...), writes: "/model"},
		{name: "model info", args: append([]string{"-v", "model", "info", "net.sealed"}, given...), terminal: true},
		{name: "model decrypt", args: append([]string{"model", "decrypt", "net.sealed", "again.xml"}, given...), plain: true, writes: ".new/again.xml"},
		{name: "back to COCO", args: append([]string{"convert", "-i", "enc", "-o", "back", "-f", "coco", "--media", "copy"}, given...), plain: true, writes: "instances_train.json"},
	} {
		t.Run(step.name, func(t *testing.T) {
			calls := b.traced(t, step.stdin, step.exit, step.args...)
			noSecret(t, calls, k, "")
			if step.plain {
				plaintextIsSeen(t, calls)
			} else {
				noPlaintext(t, calls, step.terminal)
			}
			if step.writes != "" {
				writesSomething(t, calls, step.writes)
			}
		})
	}
	t.Run("wrong key", func(t *testing.T) {
		other := newSecret(t, filepath.Join(b.dir, "other"))
		calls := b.traced(t, nil, 12, "-v", "info", "enc", "--encryption-key-file", "other")
		noSecret(t, calls, k, "")
		noSecret(t, calls, other, "")
	})
	t.Run("damaged", func(t *testing.T) {
		damage(t, filepath.Join(b.dir, "enc-2/annotations/train.datum"))
		calls := b.traced(t, nil, 13, append([]string{"-v", "info", "enc-2"}, given...)...)
		noSecret(t, calls, k, "")
	})
}

// damage changes the last byte but one of the text that a file ends with.
func damage(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-10] ^= 1
	writeFile(t, file, data)
}

// TestNewKeyLeaksNowhere lets datum make the key: it is in one file, which only
// its owner can read, and nowhere else.
func TestNewKeyLeaksNowhere(t *testing.T) {
	b := newTraceBox(t)
	for i, step := range [][]string{
		{"convert", "-i", "coco", "-o", "enc", "-f", "datumaro_binary", "--encryption", "--media", "copy", "--key-out", "key0"},
		{"rekey", "enc", "-o", "enc1", "--encryption-key-file", "key0", "--key-out", "key1"},
		{"key", "new", "key2"},
	} {
		file := fmt.Sprintf("key%d", i)
		calls := b.traced(t, nil, 0, step...)
		made := readSecret(t, filepath.Join(b.dir, file))
		noSecret(t, calls, made, file)
		noPlaintext(t, calls, false)
		writesSomething(t, calls, file)
		info, err := os.Stat(made.file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
		for _, c := range calls {
			if strings.HasPrefix(c.name, "open") && strings.Contains(c.text, file+`"`) && strings.Contains(c.text, "O_CREAT") && !strings.Contains(c.text, "0600") {
				t.Errorf("the key file was created open to others: %q", c.text)
			}
		}
	}
}

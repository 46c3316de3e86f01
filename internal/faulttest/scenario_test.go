package faulttest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
	"datum/files"
	"datum/formats/binary"
	"datum/formats/formatstest"
	"datum/internal/cocogen"
)

// thorough tries everything, not a part.
var thorough = os.Getenv("DATUM_FAULTS") != ""

// program is the path of the real program.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "faulttest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "datum")
	build := exec.Command("go", "build", "-o", program, "datum/cmd/datum")
	build.Stderr = os.Stderr
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // a C library would read files of its own
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "building datum:", err)
		return 1
	}
	fixtures.dir = dir
	defer func() { fmt.Printf("%d faults\n", tried.Load()) }()
	return m.Run()
}

// fixtures are the inputs of all scenarios, made once and never changed.
var fixtures struct {
	dir   string
	once  sync.Once
	err   error
	items map[string][]dataset.Item // of each dataset
	// models are the XML and the weights of each model.
	models map[string][][]byte
	// logs are the events of each log.
	logs map[string][]string
	// secrets are pieces of the input that may not lie in plain where the
	// output is encrypted.
	secrets [][]byte
}

func fixture(name string) string { return filepath.Join(fixtures.dir, name) }

// makeFixtures makes two COCO datasets, "coco" and "other", the same encrypted
// under "key", and as archives.
func makeFixtures() error {
	fixtures.items = map[string][]dataset.Item{}
	for i, name := range []string{"coco", "other"} {
		if err := cocogen.Write(fixture(name), cocogen.Options{Images: 3, Seed: uint64(i + 1), Width: 32, Height: 32, Subsets: []string{"train"}}); err != nil {
			return err
		}
		items, err := itemsOf(fixture(name), "")
		if err != nil {
			return err
		}
		fixtures.items[name] = items
	}
	if err := collectSecrets(fixture("coco")); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"key", "new", fixture("key")},
		{"encrypt", fixture("coco"), fixture("sealed"), "-k", fixture("key")},
		{"encrypt", fixture("other"), fixture("other-sealed")},
		{"encrypt", fixture("other"), fixture("other.zip"), "-k", fixture("key")},
	} {
		if err := runProgram(args...); err != nil {
			return err
		}
	}
	return errors.Join(makeModels(), makeLogs())
}

func runProgram(args ...string) error {
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("datum %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return err
}

func collectSecrets(coco string) error {
	fixtures.secrets = append(fixtures.secrets, []byte(`"category_id"`), []byte("keypoints"))
	return filepath.WalkDir(filepath.Join(coco, "images"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil {
			fixtures.secrets = append(fixtures.secrets, b[len(b)/2:len(b)/2+40])
		}
		return err
	})
}

// itemsOf reads a dataset, with its media. Of an encrypted one everything is
// verified first.
func itemsOf(path, keyFile string) ([]dataset.Item, error) {
	var o datum.Options
	if keyFile != "" {
		k, err := key.ReadFile(keyFile)
		if err != nil {
			return nil, err
		}
		defer k.Destroy()
		o.Key = k
		if err := verify(path, o); err != nil {
			return nil, err
		}
	}
	ds, err := datum.Open(background, path, o)
	if err != nil {
		return nil, err
	}
	defer ds.Close()
	items, err := formatstest.Collect(background, ds)
	if err != nil {
		return nil, err
	}
	return items, formatstest.LoadMedia(items)
}

func verify(path string, o datum.Options) error {
	f, err := files.Open(path, files.Limits{})
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := binary.Verify(background, f, o.ImportOptions, nil)
	if err == nil && (r.Missing > 0 || r.Unlisted > 0 || !r.Manifest) {
		err = fmt.Errorf("verified with doubts: %+v", r)
	}
	return err
}

// A scenario is a command line that turns a target from its old state into its
// new one.
type scenario struct {
	name string
	// args of the command; "{coco}" is the fixture of that name.
	args   string
	target string
	old    string // the fixture that is replaced, if any
	// key of the result, as in args, or below the folder of the run.
	key string
	// sealed says that the result is encrypted.
	sealed bool
	// model says that it is a model; beside is its second file, if it has one.
	model  bool
	beside string
	// log says that it is a log of events.
	log bool
}

var scenarios = append([]scenario{
	{name: "encrypt", args: "encrypt {coco} deep/out --key-out new.key", target: "deep/out", key: "new.key", sealed: true},
	{name: "overwrite", args: "convert {coco} out -f datumaro_binary --save-media --encryption --overwrite", target: "out", old: "other-sealed", key: "out/secret_key.txt", sealed: true},
	{name: "decrypt", args: "decrypt {sealed} out -f coco -k {key} --overwrite", target: "out", old: "other"},
	{name: "archive", args: "encrypt {coco} out.zip -k {key} --overwrite", target: "out.zip", old: "other.zip", key: "{key}", sealed: true},
}, slices.Concat(modelScenarios, eventScenarios)...)

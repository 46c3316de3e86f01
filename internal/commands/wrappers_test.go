package commands

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum"
	"datum/dataset"
	"datum/formats"
)

// memory is a media file of its own text; an empty one is missing.
type memory string

func (m memory) Open() (io.ReadCloser, error) {
	switch m {
	case "":
		return nil, &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}
	case "damaged":
		return nil, formats.ErrAuthentication
	}
	return io.NopCloser(strings.NewReader(string(m))), nil
}

func image(name string, s dataset.Source) *dataset.Image {
	return &dataset.Image{File: dataset.File{Name: name, Source: s}}
}

// drain reads a dataset to its end and returns the names of the files that have
// bytes.
func drain(t *testing.T, ds *datum.Dataset) (names []string, err error) {
	t.Helper()
	for it, err := range ds.Items(t.Context()) {
		if err != nil {
			return names, err
		}
		if it.Media != nil && it.Media.Main().Source != nil {
			names = append(names, it.Media.Main().Name)
		}
	}
	return names, nil
}

func TestSkipMissingMedia(t *testing.T) {
	there := filepath.Join(t.TempDir(), "there")
	if err := os.WriteFile(there, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	cloud := &dataset.PointCloud{File: dataset.File{Name: "cloud", Source: memory("points")},
		Extra: []*dataset.Image{image("extra", memory("")), image("extra2", memory("x"))}}
	ds := datum.New(&dataset.Info{}, []dataset.Item{
		{ID: "none"},
		{ID: "name only", Media: image("name", nil)},
		{ID: "here", Media: image("here", memory("bytes"))},
		{ID: "gone", Media: image("gone", memory(""))},
		{ID: "damaged", Media: image("damaged", memory("damaged"))},
		{ID: "local", Media: image("local", dataset.LocalFile(there))},
		{ID: "local gone", Media: image("localgone", dataset.LocalFile(there+"x"))},
		{ID: "cloud", Media: cloud},
	})
	j := &job{}
	j.skipMissingMedia(ds)
	names, err := drain(t, ds)
	if got := strings.Join(names, " "); err != nil || got != "here damaged local cloud" {
		t.Errorf("%s, %v", got, err)
	}
	if j.missing != 3 || cloud.Extra[0].Source != nil || cloud.Extra[1].Source == nil {
		t.Errorf("%d missing, extra pictures %v, %v", j.missing, cloud.Extra[0].Source, cloud.Extra[1].Source)
	}
}

func TestFirstLine(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "one": "one", "one\n": "one", "one\r\ntwo": "one", "\n": "", " with spaces \n": " with spaces ",
	} {
		a := testApp()
		a.stdin = strings.NewReader(in)
		if got, err := a.newPassphrase(); err != nil || string(got) != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	a := testApp()
	a.stdin = strings.NewReader("typed\n")
	a.getenv = func(name string) string { return map[string]string{passphraseEnv: "set"}[name] }
	if got, err := a.newPassphrase(); err != nil || string(got) != "set" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSplitFormat(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("there:coco", 0o777); err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string][2]string{
		"data": {"data", ""}, "data:coco": {"data", "coco"}, "data:binary": {"data", "binary"}, "data:nonsense": {"data:nonsense", ""},
		"there:coco": {"there:coco", ""}, "a:b:coco": {"a:b", "coco"}, ":coco": {":coco", ""}, "data:": {"data:", ""},
	} {
		path, format := testApp().splitFormat(in)
		if path != want[0] || format != want[1] {
			t.Errorf("%s: %q, %q, want %q", in, path, format, want)
		}
	}
}

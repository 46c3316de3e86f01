package datum_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum"
	"datum/crypto/key"
	"datum/files"
	"datum/formats"
)

// folderStore is a store whose URLs are mem://NAME, each a folder below dir.
type folderStore struct {
	dir  string
	puts int
	fail error
}

func (s *folderStore) local(url string) string {
	return filepath.Join(s.dir, strings.TrimPrefix(files.URLName(url), "mem://"))
}

func (s *folderStore) Open(_ context.Context, url string, l files.Limits) (*files.Folder, error) {
	dir := s.local(url)
	if _, err := os.Stat(dir); err != nil {
		return nil, formats.Reason(formats.ErrUnknownFormat, "%s: nothing", url)
	}
	return files.OpenRemote(folderRemote(dir), listed(dir), files.RemotePlace{Path: files.URLName(url)}, l)
}

func (s *folderStore) Look(ctx context.Context, url string, overwrite bool, l files.Limits) (*files.Folder, error) {
	f, err := s.Open(ctx, url, l)
	if errors.Is(err, formats.ErrUnknownFormat) {
		return nil, nil
	}
	if err == nil && !overwrite {
		return nil, errors.Join(formats.ErrExists, f.Close())
	}
	return f, err
}

func (s *folderStore) Put(_ context.Context, url, local string, _ bool) error {
	if s.puts++; s.fail != nil {
		return s.fail
	}
	os.RemoveAll(s.local(url))
	return os.CopyFS(s.local(url), os.DirFS(local))
}

type folderRemote string

func (r folderRemote) Read(file files.RemoteFile, offset, length int64) (io.ReadCloser, error) {
	f, err := os.Open(filepath.Join(string(r), file.Name))
	if err != nil {
		return nil, err
	}
	if length < 0 {
		length = file.Size - offset
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(f, offset, length), f}, nil
}

func (folderRemote) Close() error { return nil }

func listed(dir string) iter.Seq2[files.RemoteFile, error] {
	return func(yield func(files.RemoteFile, error) bool) {
		err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			st, err := e.Info()
			rel, _ := filepath.Rel(dir, p)
			if err == nil && !yield(files.RemoteFile{Name: filepath.ToSlash(rel), Size: st.Size()}, nil) {
				return filepath.SkipAll
			}
			return err
		})
		if err != nil {
			yield(files.RemoteFile{}, err)
		}
	}
}

func exportSample(t *testing.T, url string, o datum.ExportOptions) error {
	t.Helper()
	ds, err := datum.Open(t.Context(), "testdata/coco/sample", datum.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer ds.Close()
	_, err = datum.Export(t.Context(), ds, url, "coco", o)
	return err
}

func TestAStore(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	store := &folderStore{dir: t.TempDir()}
	o := datum.ExportOptions{ExportOptions: formats.ExportOptions{SaveMedia: true}, Store: store}
	if err := exportSample(t, "mem://a?hush", o); err != nil {
		t.Fatal(err)
	}
	ds, err := datum.Open(t.Context(), "mem://a?hush", datum.Options{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	defer ds.Close()
	if ds.Path() != "mem://a" {
		t.Errorf("the path is %q", ds.Path())
	}
	_, err = datum.Export(t.Context(), ds, "mem://a/b", "coco", o)
	if !errors.Is(err, formats.ErrUsage) {
		t.Errorf("into itself: %v", err)
	}
	if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) > 0 {
		t.Errorf("%d entries are left in the temporary folder", len(left))
	}
}

func TestWhatAStoreIsNotAskedFor(t *testing.T) {
	store := &folderStore{dir: t.TempDir()}
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		p := filepath.Join(store.dir, name)
		os.MkdirAll(filepath.Dir(p), 0o777)
		if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("other/notes.txt", "not to be deleted")
	o := datum.ExportOptions{Store: store}
	if err := exportSample(t, "mem://old", o); err != nil {
		t.Fatal(err)
	}
	if err := exportSample(t, "mem://keyed", o); err != nil {
		t.Fatal(err)
	}
	if err := k.WriteFile(filepath.Join(store.dir, "keyed", "my.key")); err != nil {
		t.Fatal(err)
	}
	store.puts = 0
	for _, test := range []struct {
		name, url string
		o         datum.ExportOptions
		want      error
	}{
		{"no store", "mem://new", datum.ExportOptions{}, formats.ErrUsage},
		{"a new key would lie there", "mem://new", datum.ExportOptions{Store: store, Encrypt: true}, formats.ErrUsage},
		{"links", "mem://new", datum.ExportOptions{Store: store, ExportOptions: formats.ExportOptions{SaveMedia: true, Media: formats.MediaSymlink}}, formats.ErrUsage},
		{"exists", "mem://old", o, formats.ErrExists},
		{"no dataset", "mem://other", datum.ExportOptions{Store: store, Overwrite: true}, formats.ErrExists},
		{"a key", "mem://keyed", datum.ExportOptions{Store: store, Overwrite: true}, formats.ErrExists},
		{"no path", "file://elsewhere/x", o, formats.ErrUsage},
		{"a dry run", "mem://new", datum.ExportOptions{Store: store, DryRun: true}, nil},
	} {
		if err := exportSample(t, test.url, test.o); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	if store.puts > 0 {
		t.Errorf("%d times something was stored", store.puts)
	}
}

func TestAKeyIsTakenBackWhereNothingIsStored(t *testing.T) {
	store := &folderStore{dir: t.TempDir(), fail: errors.New("no line")}
	out := filepath.Join(t.TempDir(), "key")
	ds, err := datum.Open(t.Context(), "testdata/coco/sample", datum.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer ds.Close()
	o := datum.ExportOptions{Store: store, Encrypt: true, KeyOut: out}
	for _, url := range []string{"mem://x", "mem://x.zip"} {
		if _, err := datum.Export(t.Context(), ds, url, "datumaro_binary", o); !errors.Is(err, store.fail) {
			t.Errorf("%s: %v", url, err)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: the key is left", url)
		}
	}
}

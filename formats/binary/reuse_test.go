package binary

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// clouds is the sample with point clouds among its items.
func clouds() *formatstest.Dataset {
	d := formatstest.Sample()
	d.Meta.MediaKind = dataset.MediaAny
	d.List = append(d.List, formatstest.SampleOf(dataset.MediaPointCloud).List...)
	return d
}

// passed writes the sample under a key, lets damage change it, and writes that
// again with options; it returns both folders.
func passed(t *testing.T, k *key.Key, all bool, o formats.ExportOptions, damage func(dir string)) (from, to string, err error) {
	t.Helper()
	from, to = t.TempDir(), t.TempDir()
	first := formats.ExportOptions{Key: k, SaveMedia: true, EncryptAllMedia: all}
	if _, err := formatstest.Write(t.Context(), Format(), from, clouds(), first); err != nil {
		t.Fatal(err)
	}
	if damage != nil {
		damage(from)
	}
	im, err := formatstest.Open(t.Context(), Format(), from, formats.ImportOptions{Key: k})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	o.SaveMedia = true
	_, err = formatstest.Write(t.Context(), Format(), to, im, o)
	return from, to, err
}

// media are the media files of a dataset, with their content.
func media(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, sub := range []string{imagesDir, pointCloudsDir, videosDir} {
		err := filepath.WalkDir(filepath.Join(dir, sub), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			rel, _ := filepath.Rel(dir, path)
			out[rel], err = os.ReadFile(path)
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if len(out) < 3 {
		t.Fatalf("%d media files", len(out))
	}
	return out
}

// TestTokensPass requires that media stay the tokens they are under the same key,
// become other ones under another, and that what comes out is read and verified.
func TestTokensPass(t *testing.T) {
	k, other := otherKey(t), otherKey(t)
	for name, test := range map[string]struct {
		all, pass bool
		o         formats.ExportOptions
	}{
		"the same key":                 {false, true, formats.ExportOptions{Key: k}},
		"the same key, all":            {true, true, formats.ExportOptions{Key: k, EncryptAllMedia: true}},
		"the same key, links":          {false, true, formats.ExportOptions{Key: k, Media: formats.MediaLinkOrCopy}},
		"another key":                  {false, false, formats.ExportOptions{Key: other}},
		"all, and then fewer":          {true, false, formats.ExportOptions{Key: k}},
		"the same key, media in plain": {false, false, formats.ExportOptions{Key: k, PlainMedia: true}},
		"in plain":                     {false, false, formats.ExportOptions{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to, err := passed(t, k, test.all, test.o, nil)
			if err != nil {
				t.Fatal(err)
			}
			before, after := media(t, from), media(t, to)
			same := len(before) == len(after)
			for path, text := range before {
				same = same && bytes.Equal(after[path], text)
			}
			if same != test.pass {
				t.Errorf("the media are the same: %t", same)
			}
			im, err := formatstest.Open(t.Context(), Format(), to, formats.ImportOptions{Key: test.o.Key})
			if err != nil {
				t.Fatal(err)
			}
			defer im.Close()
			got, err := formatstest.Collect(t.Context(), im)
			if err == nil {
				err = formatstest.LoadMedia(got)
			}
			want := clouds().List
			if err != nil || formatstest.LoadMedia(want) != nil {
				t.Fatal(err)
			}
			for _, d := range formatstest.CompareAll(want, got, formatstest.Compare) {
				t.Error(d)
			}
		})
	}
}

// TestDamagedTokensDoNotPass changes a media file before it would pass.
func TestDamagedTokensDoNotPass(t *testing.T) {
	k := otherKey(t)
	change := func(f func(path string, size int64)) func(string) {
		return func(dir string) {
			filepath.WalkDir(filepath.Join(dir, imagesDir), func(path string, e fs.DirEntry, err error) error {
				if err == nil && e.Type().IsRegular() {
					st, _ := e.Info()
					f(path, st.Size())
					return filepath.SkipAll
				}
				return err
			})
		}
	}
	flip := func(at func(size int64) int64) func(string) {
		return change(func(path string, size int64) {
			text, _ := os.ReadFile(path)
			text[at(size)] ^= 1
			os.WriteFile(path, text, 0o666)
		})
	}
	for name, damage := range map[string]func(string){
		"cut":           change(func(path string, size int64) { os.Truncate(path, size-4) }),
		"empty":         change(func(path string, _ int64) { os.Truncate(path, 0) }),
		"another token": change(func(path string, _ int64) { os.WriteFile(path, k.Cipher().AppendEncrypt(nil, []byte("x")), 0o666) }),
		"its end":       flip(func(size int64) int64 { return size - 10 }),
		"its middle":    flip(func(size int64) int64 { return size / 2 }),
	} {
		for _, how := range []formats.MediaPolicy{formats.MediaCopy, formats.MediaLinkOrCopy} {
			_, _, err := passed(t, k, false, formats.ExportOptions{Key: k, Media: how}, damage)
			unread := name == "its middle" && how == formats.MediaLinkOrCopy // nobody reads what becomes a link
			if unread != (err == nil) || err != nil && !errors.Is(err, formats.ErrAuthentication) {
				t.Errorf("%s, %v: %v", name, how, err)
			}
		}
	}
}

// TestDamagedFilesAreNotCopied requires that a copy of a plain file is compared with
// the manifest, although the file has a path by which it could be copied.
func TestDamagedFilesAreNotCopied(t *testing.T) {
	damage := func(dir string) {
		text, err := os.ReadFile(filepath.Join(dir, imagesDir, "train", "a_b.jpg"))
		if err != nil {
			t.Fatal(err)
		}
		text[0] ^= 1
		os.WriteFile(filepath.Join(dir, imagesDir, "train", "a_b.jpg"), text, 0o666)
	}
	if _, _, err := passed(t, nil, false, formats.ExportOptions{}, damage); !errors.Is(err, formats.ErrAuthentication) {
		t.Errorf("%v", err)
	}
}

// TestPlainMediaAreLinked requires that a plain dataset's media can be linked,
// which before were always copied.
func TestPlainMediaAreLinked(t *testing.T) {
	from, to, err := passed(t, nil, false, formats.ExportOptions{Media: formats.MediaHardlink}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for path := range media(t, from) {
		a, err1 := os.Stat(filepath.Join(from, path))
		b, err2 := os.Stat(filepath.Join(to, path))
		if err := errors.Join(err1, err2); err != nil || !os.SameFile(a, b) {
			t.Errorf("%s is a copy, %v", path, err)
		}
	}
}

// TestTokenReaderClosesUnread: a link needs no bytes.
func TestTokenReaderClosesUnread(t *testing.T) {
	k := otherKey(t)
	from, _, err := passed(t, k, false, formats.ExportOptions{Key: k}, nil)
	if err != nil {
		t.Fatal(err)
	}
	im, err := formatstest.Open(t.Context(), Format(), from, formats.ImportOptions{Key: k})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		if it.Media == nil || it.Media.Main().Source == nil {
			continue
		}
		e := &exporter{key: k}
		s, digest := e.asStored(it.Media.Main().Source, true)
		if s == nil {
			continue
		}
		r, err := s.Open()
		if err != nil || len(digest) == 0 {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if r, err = s.Open(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Error(err)
		}
		r.Close()
	}
}

package formats

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
)

// text is a media source in memory.
type text string

func (s text) Open() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(s))), nil }

// pack is a MediaSink that remembers.
type pack struct{ got []string }

func (p *pack) Add(name string, size int64, r io.Reader) error {
	b, err := io.ReadAll(r)
	if int64(len(b)) != size {
		err = errors.Join(err, fmt.Errorf("%d bytes, %d were announced", len(b), size))
	}
	p.got = append(p.got, name+"="+string(b))
	return err
}

func newWriter(t *testing.T, o ExportOptions) (*MediaWriter, string) {
	t.Helper()
	dir := t.TempDir()
	o.SaveMedia = true
	w, err := NewMediaWriter(t.Context(), "test", dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Abort)
	return w, dir
}

var anItem = &dataset.Item{ID: "a", Subset: "train"}

func file(content string) *dataset.File {
	return &dataset.File{Name: "a.jpg", Source: text(content)}
}

func TestMediaAreCopied(t *testing.T) {
	w, dir := newWriter(t, ExportOptions{})
	var loss Loss
	for i := range 200 {
		if err := w.Save(anItem, file(fmt.Sprint(i)), fmt.Sprintf("x/%d/a.jpg", i), &loss); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Make("m/a.png", func() ([]byte, error) { return []byte("made"), nil }), w.SaveBytes("b/a.txt", []byte("bytes")), w.Close()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"x/0/a.jpg": "0", "x/199/a.jpg": "199", "m/a.png": "made", "b/a.txt": "bytes"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); string(got) != want || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if loss.Total() != 0 {
		t.Error(loss)
	}
}

func TestMediaGoIntoAnArchiveInOrder(t *testing.T) {
	var p pack
	w, _ := newWriter(t, ExportOptions{Archive: &p})
	var loss Loss
	upper := func(out io.Writer, in io.Reader) error {
		b, err := io.ReadAll(in)
		if err == nil {
			_, err = out.Write(bytes.ToUpper(b))
		}
		return err
	}
	err := errors.Join(
		w.Save(anItem, file("one"), "1", &loss),
		w.Make("2", func() ([]byte, error) { return []byte("two"), nil }),
		w.Save(anItem, file("three"), "3", &loss),
		w.SaveBytes("4", []byte("four")),
		w.Place("a", file("five"), "5", true, upper),
		w.Save(anItem, file("one"), "1", &loss), // the same again
		w.Close(),
	)
	if got := strings.Join(p.got, " "); err != nil || got != "1=one 2=two 3=three 4=four 5=FIVE" || !w.InOrder() {
		t.Errorf("%s, %v", got, err)
	}
	other, _ := newWriter(t, ExportOptions{Archive: &p})
	if err := errors.Join(other.Save(anItem, file("one"), "1", &loss), other.Save(anItem, file("other"), "1", &loss)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("other content of the same name: %v", err)
	}
	if _, err := NewMediaWriter(t.Context(), "test", t.TempDir(), ExportOptions{Archive: &p, Media: MediaSymlink}); !errors.Is(err, ErrUsage) {
		t.Errorf("links in an archive: %v", err)
	}
}

func TestMediaShareAPlaceIfTheyAreTheSame(t *testing.T) {
	w, _ := newWriter(t, ExportOptions{})
	var loss Loss
	if err := errors.Join(w.Save(anItem, file("x"), "a", &loss), w.Save(anItem, file("x"), "a", &loss)); err != nil {
		t.Error(err)
	}
	err := w.Save(anItem, file("y"), "a", &loss)
	var placed *Error
	if !errors.Is(err, ErrCorrupt) || !errors.As(err, &placed) || placed.Item != "a" || Hint(err) == "" {
		t.Errorf("%v", err)
	}
}

func TestMediaAreLinked(t *testing.T) {
	from := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(from, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	local := &dataset.File{Name: "a.jpg", Source: dataset.LocalFile(from)}
	var loss Loss
	for _, policy := range []MediaPolicy{MediaHardlink, MediaSymlink} {
		w, dir := newWriter(t, ExportOptions{Media: policy})
		read := 0
		count := func(_ io.Writer, in io.Reader) error { b, err := io.ReadAll(in); read += len(b); return err }
		err := errors.Join(w.Save(anItem, local, "in/a.jpg", &loss), w.Save(anItem, local, "in/a.jpg", &loss), w.Place("a", local, "in/b.jpg", false, count),
			w.Place("a", local, "in/c.jpg", true, count), w.Save(anItem, file("copied"), "in/d.jpg", &loss), w.Close())
		if err != nil || read != 2 {
			t.Fatalf("%v: %d bytes read, %v", policy, read, err)
		}
		original, err := os.Stat(from)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]bool{"a.jpg": true, "b.jpg": true, "c.jpg": false, "d.jpg": false} {
			p := filepath.Join(dir, "in", name)
			st, err1 := os.Stat(p)
			link, err2 := os.Lstat(p)
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			isLink := link.Mode()&fs.ModeSymlink != 0
			if os.SameFile(st, original) != want || isLink != (want && policy == MediaSymlink) {
				t.Errorf("%v: %s is the same file: %t, a link: %t", policy, name, os.SameFile(st, original), isLink)
			}
		}
	}
}

func TestMediaThatCannotBeSaved(t *testing.T) {
	w, _ := newWriter(t, ExportOptions{})
	var loss Loss
	if err := w.Save(anItem, &dataset.File{Name: "a.jpg"}, "a.jpg", &loss); err != nil || loss.Total() != 1 {
		t.Errorf("a name only: %v, %v", err, loss)
	}
	err := errors.Join(w.Save(anItem, &dataset.File{Name: "a.jpg", Source: dataset.LocalFile("/no/such/file")}, "b.jpg", &loss), w.Wait())
	if !errors.Is(err, fs.ErrNotExist) || Hint(err) == "" || !strings.Contains(err.Error(), `a.jpg: item "a"`) {
		t.Errorf("a missing file: %v", err)
	}
	for _, to := range []string{"../a", "/a", ""} {
		if err := w.Save(anItem, file("x"), to, &loss); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q: %v", to, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancelled, err := NewMediaWriter(ctx, "test", t.TempDir(), ExportOptions{SaveMedia: true})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := errors.Join(cancelled.Save(anItem, file("x"), "a", &loss), cancelled.Close()); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	none, err := NewMediaWriter(t.Context(), "test", t.TempDir(), ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(none.Save(anItem, file("x"), "a", &loss), none.Close(), none.Close()); err != nil {
		t.Errorf("nothing to be saved: %v", err)
	}
}

// unlinkable has a path of which the system makes no link.
type unlinkable struct {
	text
	dir string
}

func (u unlinkable) LocalPath() string { return u.dir }

func TestMediaAreLinkedOrCopied(t *testing.T) {
	from := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(from, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	var loss Loss
	w, dir := newWriter(t, ExportOptions{Media: MediaLinkOrCopy})
	read := 0
	count := func(_ io.Writer, in io.Reader) error { b, err := io.ReadAll(in); read += len(b); return err }
	err := errors.Join(
		w.Save(anItem, &dataset.File{Name: "a.jpg", Source: dataset.LocalFile(from)}, "in/a.jpg", &loss),
		w.Place("a", &dataset.File{Name: "b.jpg", Source: dataset.LocalFile(from)}, "in/b.jpg", false, count),
		w.Save(anItem, &dataset.File{Name: "c.jpg", Source: unlinkable{"y", t.TempDir()}}, "in/c.jpg", &loss),
		w.Save(anItem, file("z"), "in/d.jpg", &loss),
		w.Close(),
	)
	if err != nil || read != 1 {
		t.Fatalf("%d bytes read, %v", read, err)
	}
	original, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	for name, linked := range map[string]bool{"a.jpg": true, "b.jpg": true, "c.jpg": false, "d.jpg": false} {
		st, err := os.Stat(filepath.Join(dir, "in", name))
		if err != nil || os.SameFile(st, original) != linked {
			t.Errorf("%s is a link: %t, %v", name, !linked, err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(dir, "in", "c.jpg")); string(got) != "y" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

package peertest

import (
	"path/filepath"
	"testing"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// keyText is the key of all encrypted datasets of these tests.
const keyText = "datum-MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func testKey(t testing.TB) *key.Key {
	t.Helper()
	k, err := key.Parse([]byte(keyText))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// open opens a dataset of any format, with the test key where it is encrypted.
func open(t testing.TB, path string, encrypted bool) *datum.Dataset {
	t.Helper()
	var o datum.Options
	if encrypted {
		o.Key = testKey(t)
	}
	ds, err := datum.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ds.Close() })
	return ds
}

// export writes ds into a new folder and returns it.
func export(t testing.TB, ds *datum.Dataset, format string, o formats.ExportOptions) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	if _, err := datum.Export(t.Context(), ds, dir, format, datum.ExportOptions{ExportOptions: o}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// held is what datumaro_binary holds of a dataset: neither rotated boxes nor
// table rows, and one item for each id of a subset.
func held(d *formatstest.Dataset) *formatstest.Dataset {
	seen := map[string]bool{}
	for i := range d.List {
		it := &d.List[i]
		var kept []dataset.Annotation
		for _, a := range it.Annotations {
			if k := a.Kind(); k != dataset.KindRotatedBox && k != dataset.KindTabular {
				kept = append(kept, a)
			}
		}
		it.Annotations = kept
		if id := it.Subset + "/" + it.ID; seen[id] {
			it.ID = it.Media.Main().Name
		} else {
			seen[id] = true
		}
	}
	return d
}

// samples are datasets that have something of everything.
func samples() map[string]func() *formatstest.Dataset {
	m := map[string]func() *formatstest.Dataset{"images": formatstest.Sample}
	for name, kind := range map[string]dataset.MediaKind{
		"point clouds": dataset.MediaPointCloud, "videos": dataset.MediaVideo, "video frames": dataset.MediaVideoFrame,
	} {
		m[name] = func() *formatstest.Dataset { return formatstest.SampleOf(kind) }
	}
	return m
}

// readers are the peers, and how we write for each.
var readers = []struct {
	name, peer string
	options    formats.ExportOptions
	encrypted  bool
}{
	{"1.11.1 encrypted", Old, formats.ExportOptions{SaveMedia: true}, true},
	{"1.11.1 encrypted with plain media", Old, formats.ExportOptions{SaveMedia: true, PlainMedia: true}, true},
	{"1.11.1 encrypted without sidecar", Old, formats.ExportOptions{SaveMedia: true, NoSidecar: true}, true},
	{"1.11.1 plain", Old, formats.ExportOptions{SaveMedia: true, Cuboid2DBefore112: true}, false},
	{"1.13.12 plain", New, formats.ExportOptions{SaveMedia: true}, false},
}

// What we write, Datumaro reads: every item, annotation, category, byte and
// pixel of it.
func TestDatumaroReadsOurBinary(t *testing.T) {
	for name, sample := range samples() {
		t.Run(name, func(t *testing.T) {
			for _, reader := range readers {
				t.Run(reader.name, func(t *testing.T) {
					t.Parallel()
					Python(t, reader.peer)
					in := sample()
					o, key := reader.options, ""
					if reader.encrypted {
						o.Key, key = testKey(t), keyText
					}
					dir := export(t, datum.New(in.Info(), in.List), "datumaro_binary", o)
					got := Read(t, reader.peer, "datumaro_binary", dir, key)
					Compare(Ours(t, reader.peer, held(sample())), got).Check(t, 0)
				})
			}
		})
	}
}

// writers are the peers, and how each writes.
var writers = []struct {
	name, peer string
	args       []string
	encrypted  bool
}{
	{"1.11.1 encrypted", Old, []string{"--save-media", "--key", keyText}, true},
	{"1.11.1 encrypted with plain media", Old, []string{"--save-media", "--key", keyText, "--plain-media"}, true},
	{"1.11.1 plain", Old, []string{"--save-media"}, false},
	{"1.13.12 plain", New, []string{"--save-media"}, false},
}

// What Datumaro writes, we read, as it held it in memory.
func TestWeReadDatumarosBinary(t *testing.T) {
	for _, kind := range []string{"image", "point_cloud", "video", "video_frame"} {
		t.Run(kind, func(t *testing.T) {
			for _, writer := range writers {
				t.Run(writer.name, func(t *testing.T) {
					t.Parallel()
					dir := filepath.Join(t.TempDir(), "out")
					want := MakeAndExport(t, writer.peer, kind, dir, writer.args...)
					got := Ours(t, writer.peer, open(t, dir, writer.encrypted))
					Compare(want, got).Check(t, 0)
				})
			}
		})
	}
}

// Datumaro finds in our encrypted copies of its own JSON, and of the bundled
// COCO sample, what we find in the originals. Most of these have no media.
func TestDatumaroReadsOurBinaryOfTestdata(t *testing.T) {
	testdata := filepath.Join(Root(t), "testdata")
	sets, err := filepath.Glob(filepath.Join(testdata, "datumaro", "*", "*", "annotations"))
	if err != nil || len(sets) < 30 {
		t.Fatalf("%d datasets in %s: %v", len(sets), testdata, err)
	}
	for _, set := range append(sets, filepath.Join(testdata, "coco", "sample", "annotations")) {
		set = filepath.Dir(set)
		rel, err := filepath.Rel(testdata, set)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(rel, func(t *testing.T) {
			t.Parallel()
			media := filepath.Base(set) == "sample"
			dir := export(t, open(t, set, false), "datumaro_binary", formats.ExportOptions{SaveMedia: media, Key: testKey(t)})
			want, got := Ours(t, Old, open(t, set, false)), Read(t, Old, "datumaro_binary", dir, keyText)
			if !media {
				want.Media, got.Media = make([]Media, len(want.Items)), make([]Media, len(got.Items))
			}
			Compare(want, got).Check(t, 0)
		})
	}
}

package peertest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
)

// streamed is what python/stream.py says of a sample.
type streamed struct {
	Key     string
	ID      string
	Members map[string]string
	JSON    map[string]any
	Cls     *int
	Pixels  []int
	Areas   []int64
}

// streamBy returns what webdataset reads at a URL.
func streamBy(t *testing.T, args ...string) (samples []streamed) {
	t.Helper()
	if err := json.Unmarshal(Run(t, openCV, "stream", args...), &samples); err != nil {
		t.Fatal(err)
	}
	return samples
}

// awkward is an encrypted dataset whose names mean something to webdataset, or
// to tar. It returns the command that streams it.
func awkward(t *testing.T) (pipe string, items []dataset.Item) {
	t.Helper()
	picture := readFile(t, filepath.Join(Root(t), "internal", "imagesize", "testdata", "13x7-1-plain.jpg"))
	png := readFile(t, filepath.Join(Root(t), "internal", "imagesize", "testdata", "13x7-5-exif.png"))
	dir := t.TempDir()
	add := func(subset, name string, labels ...int32) {
		it := dataset.Item{ID: strings.TrimSuffix(name, filepath.Ext(name)), Subset: subset}
		b := picture
		if strings.HasSuffix(name, ".png") {
			b = png
		}
		file := filepath.Join(dir, fmt.Sprint(len(items)))
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		it.Media = &dataset.Image{File: dataset.File{Name: name, Source: dataset.LocalFile(file)}, Width: 13, Height: 7}
		for _, l := range labels {
			it.Annotations = append(it.Annotations, &dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: l})
		}
		items = append(items, it)
	}
	add("train", "a.jpg", 0)
	add("train", "a.png", 1)
	add("train", "a.JPG")
	add("train", "a.jpeg")
	add("train", "a.b.jpg", 1, 0)
	add("train", "a.b/c.d/e.f.jpg")
	add("train", "~a~png.jpg")
	add("train", "100%.jpg")
	add("train", "%2E.jpg")
	add("train", "__meta__.jpg")
	add("train", "größe 图/ünï.png")
	add("train", strings.Repeat("long/", 40)+strings.Repeat("x", 120)+".jpg")
	add("__val__", "a.jpg", 1)

	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	info := &dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "train", Items: 12}, {Name: "__val__", Items: 1}},
		Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cat"}, {Name: "dog"}}}}}
	return streamOf(t, datum.New(info, items), k), items
}

// streamOf encrypts a dataset and returns the command that streams it.
func streamOf(t *testing.T, ds *datum.Dataset, k *key.Key) string {
	t.Helper()
	dir := t.TempDir()
	o := datum.ExportOptions{Encrypt: true}
	o.Key, o.SaveMedia = k, true
	if _, err := datum.Export(t.Context(), ds, filepath.Join(dir, "enc"), "datumaro_binary", o); err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(dir, "key")
	if err := k.WriteFile(keyFile); err != nil {
		t.Fatal(err)
	}
	name, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s stream -q -i %s/enc -k %s", name, dir, keyFile)
}

func TestWebdatasetReadsAwkwardNames(t *testing.T) {
	Python(t, openCV)
	pipe, items := awkward(t)
	samples := streamBy(t, "pipe:"+pipe)
	if len(samples) != len(items) {
		t.Fatalf("webdataset reads %d samples, want %d", len(samples), len(items))
	}
	keys := map[string]bool{}
	for i, s := range samples {
		it := items[i]
		if keys[s.Key] {
			t.Errorf("the key %q comes twice", s.Key)
		}
		keys[s.Key] = true
		if s.ID != it.ID || s.JSON["id"] != it.ID || s.JSON["subset"] != it.Subset || s.JSON["media"] != it.Media.Main().Name {
			t.Errorf("%q: it is %q of %q, webdataset reads %q and %v", s.Key, it.ID, it.Subset, s.ID, s.JSON)
		}
		wantPicture(t, s, it)
		switch {
		case len(it.Annotations) == 1 && (s.Cls == nil || int32(*s.Cls) != it.Annotations[0].(*dataset.Label).Label):
			t.Errorf("%q: its class is %v", s.Key, s.Cls)
		case len(it.Annotations) != 1 && s.Cls != nil:
			t.Errorf("%q: it has the class %d and %d labels", s.Key, *s.Cls, len(it.Annotations))
		}
	}
}

// wantPicture compares the bytes of a picture, and that it was decoded.
func wantPicture(t *testing.T, s streamed, it dataset.Item) {
	t.Helper()
	sum := sha256.Sum256(readFile(t, string(it.Media.Main().Source.(dataset.LocalFile))))
	ending := "jpg"
	if strings.HasSuffix(it.Media.Main().Name, ".png") {
		ending = "png"
	}
	if s.Members[ending] != hex.EncodeToString(sum[:]) {
		t.Errorf("%q: its %s is not the one of the dataset; it has %v", s.Key, ending, s.Members)
	}
	if !slices.Equal(s.Pixels, []int{13, 7}) {
		t.Errorf("%q: a picture of %v", s.Key, s.Pixels)
	}
}

func TestWebdatasetReadsShuffledAndSharded(t *testing.T) {
	Python(t, openCV)
	pipe, items := awkward(t)
	keysOf := func(args ...string) (keys []string) {
		for _, s := range streamBy(t, args...) {
			keys = append(keys, s.Key)
		}
		return keys
	}
	plain := keysOf("pipe:" + pipe)
	first, again, other := keysOf("pipe:"+pipe+" --shuffle --seed 1"), keysOf("pipe:"+pipe+" --shuffle --seed 1 -j 7"), keysOf("pipe:"+pipe+" --shuffle --seed 2")
	if !slices.Equal(first, again) || slices.Equal(first, other) || slices.Equal(first, plain) {
		t.Errorf("orders: %v, again %v, another seed %v", first, again, other)
	}
	shards := keysOf("pipe:" + pipe + " --shard {0..2}/3")
	if len(shards) != len(items) || slices.Equal(shards, plain) {
		t.Errorf("three shards have %v", shards)
	}
	for _, all := range [][]string{first, other, shards, plain} {
		slices.Sort(all)
		if !slices.Equal(all, plain) && !slices.Equal(all, slices.Sorted(slices.Values(plain))) {
			t.Errorf("other items: %v", all)
		}
	}
	if train := keysOf("pipe:" + pipe + " --subset __val__"); !slices.Equal(train, []string{"%5F_val__/a"}) {
		t.Errorf("the subset has %v", train)
	}
}

// A reader who goes away leaves no error behind: webdataset asks how the
// program ended.
func TestWebdatasetStopsEarly(t *testing.T) {
	Python(t, openCV)
	pipe, _ := awkward(t)
	if samples := streamBy(t, "pipe:"+pipe, "2"); len(samples) != 2 {
		t.Errorf("%d samples", len(samples))
	}
}

func TestWebdatasetReadsFromSocket(t *testing.T) {
	Python(t, openCV)
	pipe, items := awkward(t)
	socket := filepath.Join(t.TempDir(), "s")
	line := append(strings.Fields(pipe), "-o", "unix:"+socket, "--shuffle")
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	appears(t, socket)
	if st, err := os.Stat(socket); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", st.Mode(), err)
	}
	other, err := net.Dial("unix", socket) // one who only waits keeps nobody else from reading
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	first, second := streamBy(t, "unix:"+socket), streamBy(t, "unix:"+socket)
	if len(first) != len(items) || len(second) != len(items) {
		t.Errorf("%d and %d samples, want %d", len(first), len(second), len(items))
	}
	same := func(a, b streamed) bool { return a.Key == b.Key }
	if slices.EqualFunc(first, second, same) {
		t.Error("both connections have the same order")
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
	if _, err := os.Stat(socket); err == nil {
		t.Error("the socket is still there")
	}
}

func appears(t *testing.T, name string) {
	t.Helper()
	for range 1000 {
		if _, err := os.Stat(name); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s does not appear", name)
}

// Masks are read by pycocotools, and boxes are exact.
func TestWebdatasetReadsCOCO(t *testing.T) {
	Python(t, openCV)
	ds, err := datum.Open(t.Context(), filepath.Join(Root(t), "testdata", "coco", "sample"), datum.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer ds.Close()
	var items []dataset.Item
	for it, err := range ds.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, it)
	}
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	samples := streamBy(t, "pipe:"+streamOf(t, ds, k))
	if len(samples) != len(items) {
		t.Fatalf("%d samples, want %d", len(samples), len(items))
	}
	for i, s := range samples {
		wantAnnotations(t, s, items[i])
	}
}

func wantAnnotations(t *testing.T, s streamed, it dataset.Item) {
	t.Helper()
	list := s.JSON["annotations"].([]any)
	if len(list) != len(it.Annotations) {
		t.Fatalf("%s: %d annotations, want %d", s.Key, len(list), len(it.Annotations))
	}
	var areas []int64
	for i, a := range it.Annotations {
		got := list[i].(map[string]any)
		switch a := a.(type) {
		case *dataset.Bbox:
			if fmt.Sprint(got["bbox"]) != fmt.Sprint([]any{a.X, a.Y, a.W, a.H}) {
				t.Errorf("%s: the box %v, want %v", s.Key, got["bbox"], *a)
			}
		case *dataset.Mask:
			area, err := a.RLE.Area()
			if err != nil {
				t.Fatal(err)
			}
			areas = append(areas, area)
		}
	}
	if !slices.Equal(areas, s.Areas) {
		t.Errorf("%s: masks of %v pixels, want %v", s.Key, s.Areas, areas)
	}
}

package cloud

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const sample = "../../testdata/coco/sample"

// newKey makes a key on this machine.
func newKey(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	must(t, 0, "key", "new", path)
	return path
}

func TestThereAndBack(t *testing.T) {
	t.Parallel()
	b, key, dir := newBucket(t), newKey(t), t.TempDir()
	coco, sealed := b.url("data/coco"), b.url("data/sealed")
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", coco, "--save-media")
	must(t, 0, "encrypt", coco, sealed, "-k", key)
	must(t, 0, "convert", "-i", sealed, "-k", key, "-f", "coco", "-o", dir+"/back", "--save-media")

	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", dir+"/coco", "--save-media")
	must(t, 0, "encrypt", dir+"/coco", dir+"/sealed", "-k", key)
	must(t, 0, "convert", "-i", dir+"/sealed", "-k", key, "-f", "coco", "-o", dir+"/local", "--save-media")

	sameTree(t, filepath.Join(b.folder, "data/coco"), dir+"/coco")
	sameTree(t, dir+"/back", dir+"/local")
	must(t, 0, "verify", sealed, "-k", key)
	for name, text := range tree(t, filepath.Join(b.folder, "data/sealed")) {
		if strings.Contains(text, "JFIF") || strings.Contains(text, "categories") {
			t.Errorf("%s lies in the bucket in plain", name)
		}
	}
}

// TestShards reads the input of shards from a bucket and merges them into another
// place there.
func TestShards(t *testing.T) {
	t.Parallel()
	b, dir := newBucket(t), t.TempDir()
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", b.url("in"), "--save-media")
	for _, shard := range []string{"0/2", "1/2"} {
		must(t, 0, "convert", "-i", b.url("in"), "-f", "coco", "-o", dir+"/out", "--save-media", "--shard", shard)
	}
	must(t, 0, "merge-shards", "-i", dir+"/out.shards", "-o", b.url("out"))
	sameTree(t, filepath.Join(b.folder, "out"), filepath.Join(b.folder, "in"))
	must(t, 2, "convert", "-i", sample, "-f", "coco", "-o", b.url("out"), "--shard", "0/2")
}

func TestDescribing(t *testing.T) {
	t.Parallel()
	b, key := newBucket(t), newKey(t)
	must(t, 0, "encrypt", sample, b.url("x/y/sealed"), "-k", key)
	must(t, 0, "convert", "-i", sample, "-f", "voc", "-o", b.url("x/voc"))
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"detect", b.url("x/voc")}, "Detected format: voc"},
		{[]string{"detect", b.url("x/y/")}, "It is encrypted"},
		{[]string{"info", b.url("x/voc")}, "12"},
		{[]string{"info", b.url("x/y/sealed")}, "encrypted"},
		{[]string{"info", b.url("x/y/sealed"), "-k", key}, "81 annotations"},
		{[]string{"--json", "detect", b.url("x/voc")}, `"path":"s3://` + b.name + `/x/voc"`},
	} {
		if said, code := run(t, test.args...); code != 0 || !strings.Contains(said, test.want) || strings.Contains(said, "endpoint") {
			t.Errorf("%q: exit code %d, and no %q:\n%s", test.args[:2], code, test.want, said)
		}
	}
}

func TestOneAnnotationFile(t *testing.T) {
	t.Parallel()
	b, dir := newBucket(t), t.TempDir()
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--save-media")
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", dir+"/coco", "--save-media")
	one := "annotations/instances_val.json"
	must(t, 0, "convert", "-i", b.url("coco/"+one), "-f", "coco", "-o", dir+"/there", "--save-media")
	must(t, 0, "convert", "-i", filepath.Join(dir, "coco", one), "-f", "coco", "-o", dir+"/here", "--save-media")
	sameTree(t, dir+"/there", dir+"/here")
	if len(tree(t, dir+"/here")) < 2 {
		t.Error("the pictures beside the folder of the file were not found")
	}
}

func TestArchives(t *testing.T) {
	t.Parallel()
	b, key, dir := newBucket(t), newKey(t), t.TempDir()
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", dir+"/coco", "--save-media")
	for _, kind := range []string{"zip", "tar", "tar.gz", "tar.zst"} {
		url, back := b.url("in/coco."+kind), filepath.Join(dir, "back-"+kind)
		must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", url, "--save-media")
		must(t, 0, "detect", url)
		must(t, 0, "convert", "-i", url, "-f", "coco", "-o", back, "--save-media")
		sameTree(t, back, dir+"/coco")
		must(t, 11, "convert", "-i", sample, "-f", "coco", "-o", url)
		must(t, 0, "encrypt", sample, url, "-k", key, "--overwrite")
		must(t, 0, "verify", url, "-k", key)
	}
	must(t, 2, "encrypt", sample, b.url("new.zip")) // a new key has no place there
	if err := os.WriteFile(filepath.Join(b.folder, "text.zip"), []byte("no zip"), 0o666); err != nil {
		t.Fatal(err)
	}
	must(t, 11, "convert", "-i", sample, "-f", "coco", "-o", b.url("text.zip"), "--overwrite")
}

func TestOverwriting(t *testing.T) {
	t.Parallel()
	b, key, dir := newBucket(t), newKey(t), t.TempDir()
	url := b.url("data")
	must(t, 0, "convert", "-i", sample, "-f", "voc", "-o", url, "--save-media")
	must(t, 11, "convert", "-i", sample, "-f", "coco", "-o", url)
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", url, "--save-media", "--overwrite")
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", dir+"/coco", "--save-media")
	sameTree(t, filepath.Join(b.folder, "data"), dir+"/coco") // and nothing of VOC

	must(t, 2, "encrypt", sample, b.url("new")) // a new key would lie beside it
	must(t, 0, "encrypt", sample, b.url("new"), "--key-out", dir+"/made")
	must(t, 0, "verify", b.url("new"), "-k", dir+"/made")

	for name, text := range map[string]string{"notes.txt": "do not delete me", "data/my.key": readFile(t, key)} {
		put(t, b, "other/"+name, text)
	}
	must(t, 11, "convert", "-i", sample, "-f", "coco", "-o", b.url("other"), "--overwrite")
	put(t, b, "data/secret_key.txt", readFile(t, key))
	if said := must(t, 11, "convert", "-i", sample, "-f", "coco", "-o", url, "--overwrite"); !strings.Contains(said, "secret_key.txt") {
		t.Error(said)
	}
	must(t, 2, "convert", "-i", url, "-f", "voc", "-o", b.url("data/in/it"))
}

func put(t *testing.T, b *bucket, key, text string) {
	t.Helper()
	p := filepath.Join(b.folder, filepath.FromSlash(key))
	if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--save-media")
	none := *b
	none.name = "there-is-no-such-bucket"
	nobody := *b
	nobody.endpoint = "http://127.0.0.1:1"
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"info", b.url("nothing")}, 10, "no such object"},
		{[]string{"info", none.url("x")}, 10, "no such bucket"},
		{[]string{"convert", "-i", sample, "-f", "coco", "-o", none.url("x")}, 10, "no such bucket"},
		{[]string{"info", nobody.url("x")}, 1, "hint"},
		{[]string{"info", "s3://bucket/a?color=red"}, 2, "parameter"},
		{[]string{"info", "ftp://bucket/a"}, 2, "kind"},
	} {
		said := must(t, test.code, test.args...)
		if !strings.Contains(said, test.want) || strings.Count(said, "\n") > 3 {
			t.Errorf("%q: no %q:\n%s", test.args, test.want, said)
		}
	}
	cmd := program("info", b.url("coco"))
	cmd.Env = append(cmd.Env, "AWS_SECRET_ACCESS_KEY=not-the-right-one")
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "AWS_ACCESS_KEY_ID") || strings.Contains(string(out), "not-the-right-one") {
		t.Errorf("wrong credentials: %v\n%s", err, out)
	}
}

func TestAMissingPicture(t *testing.T) {
	t.Parallel()
	b, dir := newBucket(t), t.TempDir()
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", b.url("coco"), "--save-media")
	if err := os.Remove(filepath.Join(b.folder, "coco/images/val/000000000217.jpg")); err != nil {
		t.Fatal(err)
	}
	said := must(t, 1, "convert", "-i", b.url("coco"), "-f", "voc", "-o", dir+"/voc", "--save-media")
	if !strings.Contains(said, "000000000217.jpg") || !strings.Contains(said, "--skip-missing-media") {
		t.Error(said)
	}
	must(t, 3, "convert", "-i", b.url("coco"), "-f", "voc", "-o", dir+"/voc", "--save-media", "--skip-missing-media")

	b2 := newBucket(t)
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", b2.url("coco"), "--save-media")
	b2.through(func(w http.ResponseWriter, r *http.Request) bool { // it goes away after it was listed
		if r.Method == "GET" && strings.HasSuffix(r.URL.Path, "000000000217.jpg") {
			http.NotFound(w, r)
			return true
		}
		return false
	}, nil)
	said = must(t, 1, "convert", "-i", b2.url("coco"), "-f", "voc", "-o", dir+"/voc2", "--save-media")
	if !strings.Contains(said, "000000000217.jpg") {
		t.Error(said)
	}
	if _, err := os.Stat(dir + "/voc2"); err == nil {
		t.Error("there is an output")
	}
}

func TestTwoWriters(t *testing.T) {
	t.Parallel()
	b, key := newBucket(t), newKey(t)
	const writers = 4
	codes := make([]int, writers)
	var together sync.WaitGroup
	for i := range writers {
		together.Go(func() { _, codes[i] = run(t, "encrypt", sample, b.url("sealed"), "-k", key) })
	}
	together.Wait()
	slices.Sort(codes)
	if want := []int{0, 11, 11, 11}; !slices.Equal(codes, want) {
		t.Errorf("exit codes %d, want %d", codes, want)
	}
	must(t, 0, "verify", b.url("sealed"), "-k", key)
}

func TestLargeObjects(t *testing.T) {
	t.Parallel()
	b, dir := newBucket(t), t.TempDir()
	picture := append([]byte(readFile(t, sample+"/images/val/000000000217.jpg")), make([]byte, 40<<20)...)
	for i := range picture[len(picture)-40<<20:] {
		picture[i+len(picture)-40<<20] = byte(i * i >> 7)
	}
	if err := os.CopyFS(dir+"/in", os.DirFS(sample)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/in/images/val/000000000217.jpg", picture, 0o666); err != nil {
		t.Fatal(err)
	}
	var fetched atomic.Int64
	must(t, 0, "convert", "-i", dir+"/in", "-f", "coco", "-o", b.url("coco"), "--save-media") // in several parts
	must(t, 0, "convert", "-i", dir+"/in", "-f", "coco", "-o", dir+"/here", "--save-media")
	sameTree(t, filepath.Join(b.folder, "coco"), dir+"/here")
	b.through(func(http.ResponseWriter, *http.Request) bool { return false }, func(r *http.Response) error {
		fetched.Add(max(0, r.ContentLength))
		return nil
	})
	must(t, 0, "convert", "-i", b.url("coco"), "-f", "coco", "-o", dir+"/there", "--save-media")
	sameTree(t, dir+"/there", dir+"/here")
	size := int64(0)
	for _, text := range tree(t, dir+"/here") {
		size += int64(len(text))
	}
	if most := size + size/5; fetched.Load() > most {
		t.Errorf("%d bytes were fetched of a dataset of %d", fetched.Load(), size)
	}
}

func TestManyObjectsAreListedByPages(t *testing.T) {
	t.Parallel()
	b, dir := newBucket(t), t.TempDir()
	const many = 2500 // a page has a thousand
	for i := range many {
		put(t, b, fmt.Sprintf("pictures/class%d/%04d.png", i%3, i), readFile(t, sample+"/images/train/000000000065.png"))
	}
	said := must(t, 0, "--json", "convert", "-i", b.url("pictures"), "-f", "datumaro_binary", "-o", dir+"/out")
	if !strings.Contains(said, fmt.Sprintf(`"items":%d`, many)) {
		t.Error(said)
	}
}

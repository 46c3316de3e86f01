package peertest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// Dump is what a dataset holds, in the form in which two programs are
// compared.
type Dump struct {
	Info  *dataset.Info
	Items []dataset.Item
	// Media has an entry for each item, in the order of Items.
	Media []Media
}

// Media is what is compared of the media of an item: its own file and those
// beside it. It is empty where there is none.
type Media []File

// File is what is compared of a media file. Empty digests and a zero size are
// not known, or do not apply.
type File struct {
	// Bytes and Pixels are SHA-256 digests of the decrypted file and of the
	// picture in it, as the peer decodes it.
	Bytes  string `json:"bytes"`
	Pixels string `json:"pixels"`
	// Size is height and width.
	Size [2]int32 `json:"image_size"`
}

// Read has a peer read a dataset. Without a key it is a plain one.
func Read(t testing.TB, peer, format, path, key string) *Dump {
	t.Helper()
	args := []string{format, path}
	if key != "" {
		args = append(args, "--key", key)
	}
	return parse(t, Run(t, peer, "dump", args...))
}

// MakeAndExport has a peer make a dataset in memory and export it as out. It
// returns what was in memory. For args see python/export.py.
func MakeAndExport(t testing.TB, peer, kind, out string, args ...string) *Dump {
	t.Helper()
	return parse(t, Run(t, peer, "export", append([]string{kind, out}, args...)...))
}

// parse reads the output of dump.py.
func parse(t testing.TB, text []byte) *Dump {
	t.Helper()
	name := filepath.Join(t.TempDir(), "dump.json")
	if err := os.WriteFile(name, text, 0o666); err != nil {
		t.Fatal(err)
	}
	info, items, err := formatstest.LoadTruth(name)
	if err != nil {
		t.Fatal(err)
	}
	var extra struct {
		Subsets map[string][]struct {
			Media *struct {
				File
				Extra []File `json:"extra"`
			} `json:"media"`
		} `json:"subsets"`
	}
	if err := json.Unmarshal(text, &extra); err != nil {
		t.Fatal(err)
	}
	d := &Dump{Info: info, Items: items}
	for _, it := range items {
		list := extra.Subsets[it.Subset]
		var m Media
		if x := list[0].Media; x != nil {
			m = append(Media{x.File}, x.Extra...)
		}
		extra.Subsets[it.Subset] = list[1:]
		d.Media = append(d.Media, m)
	}
	return d
}

// Ours reads a dataset of ours. The pixels of its pictures are those that the
// peer makes of their bytes; with no peer they are left out.
func Ours(t testing.TB, peer string, im formats.Importer) *Dump {
	t.Helper()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil {
		t.Fatal(err)
	}
	d := &Dump{Info: im.Info(), Items: items}
	p := &pictures{dir: t.TempDir()}
	for i, it := range items {
		var m Media
		for _, f := range dataset.Files(it.Media) {
			out, err := p.digest(f, len(d.Media), len(m))
			if err != nil {
				t.Fatalf("item %q: %v", it.ID, err)
			}
			m = append(m, out)
		}
		if picture, ok := items[i].Media.(*dataset.Image); ok {
			m[0].Size = [2]int32{picture.Height, picture.Width}
		}
		d.Media = append(d.Media, m)
	}
	if peer != "" {
		p.decode(t, peer, d)
	}
	return d
}

// pictures writes media files where a peer can read them.
type pictures struct {
	dir   string
	files []string
	at    [][2]int // of each file: the item, and the file of the item
}

func (p *pictures) digest(f *dataset.File, item, file int) (File, error) {
	if f.Source == nil {
		return File{}, nil
	}
	r, err := f.Open()
	if err != nil {
		return File{}, err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		return File{}, err
	}
	if ext := path.Ext(f.Name); ext == ".pcd" || ext == ".avi" {
		return File{Bytes: digest(b)}, nil
	}
	name := filepath.Join(p.dir, fmt.Sprint(item, "-", file, path.Ext(f.Name)))
	p.files, p.at = append(p.files, name), append(p.at, [2]int{item, file})
	return File{Bytes: digest(b)}, os.WriteFile(name, b, 0o666)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// decode fills in the pixels.
func (p *pictures) decode(t testing.TB, peer string, d *Dump) {
	t.Helper()
	if len(p.files) == 0 {
		return
	}
	var sums map[string]string
	if err := json.Unmarshal(Run(t, peer, "dump", append([]string{"--pixels"}, p.files...)...), &sums); err != nil {
		t.Fatal(err)
	}
	for i, name := range p.files {
		d.Media[p.at[i][0]][p.at[i][1]].Pixels = sums[name]
	}
}

package detecttest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Case is a folder, an archive or a file, and what it is.
type Case struct {
	// Name says what is special about it.
	Name string
	// Files are its files, "path" or "path = content". Where no content is
	// given it depends on the extension: a small picture, or nothing. Content
	// that is the name of one of the texts of this package stands for it.
	Files []string
	// Only is the file that is asked about instead of the folder.
	Only string
	// Path is a folder that is there already, instead of Files.
	Path string
	// Pack makes an archive of the folder: ".zip", ".tar" or ".tar.gz".
	Pack string
	// Want is the name of the format: None where it is none, Several where
	// more than one answer is as good.
	Want string
}

// Answers that are not the name of a format.
const (
	None    = ""
	Several = "?"
)

// Make makes the folder or archive of the case inside dir, and returns the path
// to ask about.
func (c *Case) Make(dir string) (string, error) {
	if c.Path != "" {
		return c.Path, nil
	}
	in := filepath.Join(dir, "data")
	if err := os.MkdirAll(in, 0o777); err != nil {
		return "", err
	}
	for _, f := range c.Files {
		if err := write(in, f); err != nil {
			return "", err
		}
	}
	if c.Pack != "" {
		return pack(in, c.Pack)
	}
	return filepath.Join(in, filepath.FromSlash(c.Only)), nil
}

func write(dir, file string) error {
	name, content, given := strings.Cut(file, " = ")
	if text, ok := texts[content]; ok {
		content = text
	}
	p := filepath.Join(dir, filepath.FromSlash(name))
	if strings.HasSuffix(name, "/") {
		return os.MkdirAll(p, 0o777)
	}
	if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
		return err
	}
	if !given {
		content = picture(path.Ext(name))
	}
	return os.WriteFile(p, []byte(content), 0o666)
}

// picture returns a picture of 8 × 6 pixels, nothing for what is no extension
// of one.
func picture(ext string) string {
	img := image.NewPaletted(image.Rect(0, 0, 8, 6), color.Palette{color.Black, color.RGBA{128, 0, 0, 255}})
	img.SetColorIndex(3, 2, 1)
	var b bytes.Buffer
	var err error
	switch strings.ToLower(ext) {
	case ".png":
		err = png.Encode(&b, img)
	case ".jpg", ".jpeg":
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		panic(err) // into memory, of an image that is sound
	}
	return b.String()
}

// pack makes an archive beside the folder.
func pack(dir, ext string) (string, error) {
	out, err := os.Create(dir + ext)
	if err != nil {
		return "", err
	}
	defer out.Close()
	if ext == ".zip" {
		w := zip.NewWriter(out)
		return out.Name(), errors.Join(w.AddFS(os.DirFS(dir)), w.Close())
	}
	if ext == ".tar" {
		w := tar.NewWriter(out)
		return out.Name(), errors.Join(w.AddFS(os.DirFS(dir)), w.Close())
	}
	z := gzip.NewWriter(out)
	w := tar.NewWriter(z)
	return out.Name(), errors.Join(w.AddFS(os.DirFS(dir)), w.Close(), z.Close())
}

// Samples returns the folders of the formats' own samples: root/<dir>/<sample>,
// with the format that formats names for dir.
func Samples(root string, formats map[string]string) ([]Case, error) {
	var cases []Case
	for _, dir := range slices.Sorted(maps.Keys(formats)) {
		format := formats[dir]
		entries, err := os.ReadDir(filepath.Join(root, dir))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.IsDir() {
				cases = append(cases, Case{Name: path.Join(dir, e.Name()), Path: filepath.Join(root, dir, e.Name()), Want: format})
			}
		}
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("%s: %w", root, fs.ErrNotExist)
	}
	return cases, nil
}

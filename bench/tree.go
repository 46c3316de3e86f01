package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// file is one of a folder, by its path inside it.
type file struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
}

// walk calls do for each regular file in dir.
func walk(dir string, do func(file) error) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return do(file{rel, info.Size()})
	})
}

// countFiles returns how many files a folder has and how large they are in all.
func countFiles(dir string) (files int, size int64, err error) {
	err = walk(dir, func(f file) error {
		files++
		size += f.Size
		return nil
	})
	return files, size, err
}

// countLines returns how many lines the files of a folder have in all.
func countLines(dir string) (n int, err error) {
	err = walk(dir, func(f file) error {
		text, err := os.ReadFile(filepath.Join(dir, f.Path))
		n += bytes.Count(text, []byte{'\n'})
		return err
	})
	return n, err
}

// listFiles writes the names and sizes of the files of a folder into a file.
func listFiles(dir, into string) error {
	f, err := os.Create(into)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	e := json.NewEncoder(w)
	err = walk(dir, func(x file) error { return e.Encode(x) })
	return errors.Join(err, w.Flush(), f.Close())
}

// loadList reads what listFiles has written.
func loadList(path string) ([]file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []file
	for d := json.NewDecoder(bufio.NewReader(f)); ; {
		var x file
		if err := d.Decode(&x); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
}

// readFiles reads every file of a folder through one buffer.
func readFiles(dir string) (size int64, err error) {
	buf := make([]byte, 1<<20)
	err = walk(dir, func(f file) error {
		in, err := os.Open(filepath.Join(dir, f.Path))
		if err != nil {
			return err
		}
		defer in.Close()
		for {
			n, err := in.Read(buf)
			size += int64(n)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
	return size, err
}

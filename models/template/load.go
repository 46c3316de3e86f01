package template

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"datum/formats"
	"datum/internal/suggest"
	"datum/models/network"
)

// files are the templates that come with datum.
//
//go:embed templates/*.yaml
var files embed.FS

const extension = ".yaml"

// List returns the templates that come with datum for a task, or all of them where it
// is empty, by name.
func List(task network.Task) ([]*Template, error) {
	entries, err := files.ReadDir("templates")
	if err != nil {
		return nil, err
	}
	var list []*Template
	for _, e := range entries {
		t, err := own(strings.TrimSuffix(e.Name(), extension))
		if err != nil {
			return nil, err
		}
		if task == "" || t.Task() == task {
			list = append(list, t)
		}
	}
	return list, nil
}

// Names returns the names of the templates that come with datum, in order.
func Names() (names []string) {
	entries, _ := files.ReadDir("templates") // it is part of the program
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), extension))
	}
	return names
}

// Text returns the file of a template that comes with datum, to be copied.
func Text(name string) ([]byte, error) {
	if !slices.Contains(Names(), name) {
		return nil, unknown(name)
	}
	return files.ReadFile("templates/" + name + extension)
}

// own reads a template that comes with datum.
func own(name string) (*Template, error) {
	text, err := files.ReadFile("templates/" + name + extension)
	if err != nil {
		return nil, err
	}
	return Parse(name+extension, text)
}

// Load returns the template of that name, or else that of a file.
func Load(name string) (*Template, error) {
	if !strings.ContainsAny(name, `/\`) {
		if t, err := own(name); err == nil {
			return t, nil
		}
	}
	text, err := read(name)
	if errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(name, `/\.`) {
		return nil, unknown(name)
	}
	if err != nil {
		return nil, err
	}
	return Parse(name, text)
}

// unknown is the error of a name that is neither a template nor a file.
func unknown(name string) error {
	names := Names()
	err := formats.Reason(ErrTemplate, "there is neither a template nor a file %q", name)
	if best := suggest.Nearest(name, names); best != "" {
		return formats.WithHint(err, "did you mean %s?", best)
	}
	return formats.WithHint(err, "there are %s", strings.Join(names, ", "))
}

// longest is more than a template has.
const longest = 1 << 16

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading a template: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longest+1))
	if err != nil {
		return nil, fmt.Errorf("reading a template: %w", err)
	}
	return text, nil
}

// Parse reads a template. The name of its file is for errors, and names it.
func Parse(file string, text []byte) (*Template, error) {
	p := &parser{file: file}
	if len(text) > longest {
		return nil, p.fault(nil, "it has more than %d bytes", longest)
	}
	t := usual()
	base := filepath.Base(file)
	t.Name = strings.TrimSuffix(base, filepath.Ext(base))
	if err := p.document(text, t); err != nil {
		return nil, err
	}
	return t, nil
}

package binary

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"datum/formats"
)

// Format returns the format datumaro_binary.
func Format() *formats.Format {
	return &formats.Format{
		Name:    formatName,
		Aliases: []string{"binary"},
		Summary: "Datumaro's binary format, plain or encrypted: every kind of annotation and media",
		Probe:   probe,
		Import:  open,
		Export:  export,
	}
}

// probe looks for the signature in every .datum file.
func probe(_ context.Context, path string) formats.Verdict {
	v := formats.Verdict{}
	dir, names, err := locate(path)
	if err != nil {
		v.Unmet = append(v.Unmet, "a .datum file in the folder "+annotationsDir)
		return v
	}
	v.Met = append(v.Met, "a .datum file in the folder "+annotationsDir)
	for _, name := range names {
		h, err := headOf(filepath.Join(dir, annotationsDir, name))
		if err != nil {
			v.Unmet = append(v.Unmet, "the signature and a sound head in "+strings.Join([]string{annotationsDir, name}, "/"))
			return v
		}
		v.Encrypted = v.Encrypted || h.encrypted()
	}
	v.Met = append(v.Met, "the signature in every .datum file")
	v.Confidence = formats.Magic
	return v
}

func headOf(path string) (*head, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return readHead(f, st.Size())
}

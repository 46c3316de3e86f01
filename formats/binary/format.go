package binary

import (
	"context"

	"datum/files"
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

// probe looks for .datum files, and for the signature in each.
func probe(_ context.Context, f *files.Folder) formats.Verdict {
	v := formats.Verdict{}
	dir, names, err := locate(f)
	if err != nil {
		v.Unmet = append(v.Unmet, "a .datum file in the folder "+annotationsDir)
		return v
	}
	// A damaged file is still one of this format: whoever opens it is told
	// what is wrong, rather than that nothing is there.
	v.Met = append(v.Met, "a .datum file in the folder "+annotationsDir)
	v.Confidence = formats.Magic
	for _, name := range names {
		h, err := headOf(dir, annotationsDir+"/"+name)
		if err != nil {
			v.Confidence = formats.Medium
			v.Unmet = append(v.Unmet, "the signature and a sound head in "+annotationsDir+"/"+name)
			continue
		}
		v.Encrypted = v.Encrypted || h.encrypted()
	}
	if v.Confidence == formats.Magic {
		v.Met = append(v.Met, "the signature in every .datum file")
	}
	return v
}

func headOf(dir *files.Folder, name string) (*head, error) {
	f, err := dir.OpenFile(name)
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

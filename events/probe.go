package events

import (
	"context"
	"errors"
	"io"

	"datum/crypto/sealed"
	"datum/files"
	"datum/formats"
)

// Probe says whether a folder has a log in it, or whether the file in it that was
// named is one, as [formats.Format.Probe] does.
func Probe(_ context.Context, f *files.Folder) (v formats.Verdict) {
	name := nameIn(f)
	there := "the file " + FileName
	if f.Only() != "" {
		there = "a log of events"
	} else if !f.Has(name) {
		v.Unmet = []string{there}
		return v
	}
	is, isSealed := sniff(f, name)
	switch {
	case is:
		v.Confidence, v.Encrypted, v.Met = formats.Magic, isSealed, []string{there, "the signature of a log in it"}
	case f.Only() != "":
		v.Unmet = []string{there}
	default: // whoever opens it is told what is wrong with it
		v.Confidence, v.Met, v.Unmet = formats.Medium, []string{there}, []string{"the signature of a log in it"}
	}
	return v
}

// sniff reports whether a file is a log, as far as its beginning tells.
func sniff(folder *files.Folder, name string) (is, isSealed bool) {
	f, err := folder.OpenFile(name)
	if err != nil {
		return false, false
	}
	defer f.Close()
	start := make([]byte, headerSize)
	n, err := f.ReadAt(start, 0)
	if n < len(start) && !errors.Is(err, io.EOF) || n < len(magic) {
		return false, false
	}
	if !sealed.Sniff(start[:n]) {
		return string(start[:len(magic)]) == magic, false
	}
	purpose, err := sealed.Purpose(f)
	return err == nil && purpose == Purpose, true
}

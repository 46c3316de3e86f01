package shard

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"datum/crypto/key"
	"datum/files"
	"datum/formats"
	"datum/formats/all"
)

// Set is the parts of one dataset.
type Set struct {
	// Folder is where they lie.
	Folder string
	// Count is the number of parts.
	Count int
	// Encrypted says that a key is needed to merge them.
	Encrypted bool
}

var partName = regexp.MustCompile(`^(0|[1-9][0-9]{0,4})-of-([1-9][0-9]{0,4})$`)

// Find looks for the parts in a folder. All must be there; the error says which
// are not and matches ErrUnknownFormat. ErrAmbiguous is of parts that divide a
// dataset in different ways.
func Find(folder string) (*Set, error) {
	folder, err := formats.LocalName(folder)
	if err != nil {
		return nil, err
	}
	if files.IsURL(folder) {
		return nil, formats.Reason(formats.ErrUsage, "%s: shards lie in a folder of this machine", files.URLName(folder))
	}
	there, count, err := list(folder)
	if err != nil {
		return nil, err
	}
	var missing []string
	for i := range count {
		if !there[i] {
			missing = append(missing, strconv.Itoa(i))
		}
	}
	if n := len(missing); n > 0 {
		const most = 20
		names := strings.Join(missing[:min(n, most)], ", ")
		if n > most {
			names += " and others"
		}
		return nil, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: %d of %d shards are missing: %s", folder, n, count, names),
			"run these again with --shard I/%d; those that are there need not be", count)
	}
	s := &Set{Folder: folder, Count: count}
	s.Encrypted, err = isEncrypted(s.part(0))
	return s, err
}

// list returns the indices of the parts that are there.
func list(folder string) (there map[int]bool, count int, err error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: there is no such folder of shards", folder),
			"datum convert --shard makes it, and a merge that succeeds removes it")
	}
	if err != nil {
		return nil, 0, err
	}
	there = map[int]bool{}
	for _, e := range entries {
		parts := partName.FindStringSubmatch(e.Name())
		if parts == nil {
			continue
		}
		index, _ := strconv.Atoi(parts[1])
		n, _ := strconv.Atoi(parts[2])
		if (Part{index, n}).check() != nil {
			continue
		}
		if count != 0 && n != count {
			return nil, 0, formats.WithHint(formats.Reason(formats.ErrAmbiguous, "%s: some shards are of %d, some of %d", folder, count, n), "delete those that an earlier run left")
		}
		count = n
		there[index] = true
	}
	if count == 0 {
		return nil, 0, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: there are no shards", folder), "datum convert --shard makes them in OUTPUT%s", Suffix)
	}
	return there, count, nil
}

// part returns the folder of a part.
func (s *Set) part(index int) string {
	return filepath.Join(s.Folder, strconv.Itoa(index)+"-of-"+strconv.Itoa(s.Count))
}

// manifests reads the manifests of all parts and checks that they are of one run.
func (s *Set) manifests(k *key.Key, tool string) ([]*manifest, error) {
	var all []*manifest
	items := int64(0)
	for i := range s.Count {
		m, err := readManifest(s.part(i), k)
		if errors.Is(err, formats.ErrAuthentication) && s.noneOpens(k) {
			return nil, formats.WithHint(formats.Reason(formats.ErrKey, "%s: the key is not the one that the shards were encrypted under", s.Folder),
				"datum key fingerprint tells keys apart without showing them")
		}
		if err != nil {
			return nil, err
		}
		if m.Part != (Part{i, s.Count}) {
			return nil, formats.Reason(formats.ErrCorrupt, "%s: its manifest is that of shard %s", s.part(i), m.Part)
		}
		if i > 0 {
			if err := s.compare(m, all[0]); err != nil {
				return nil, err
			}
		}
		items += m.Items
		all = append(all, m)
	}
	if tool != all[0].Tool {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%s: datum %s made these shards, this is datum %s", s.Folder, all[0].Tool, tool), "merge them with the version that made them")
	}
	if items != all[0].Total {
		return nil, formats.Reason(formats.ErrCorrupt, "%s: the shards hold %d items, the input had %d", s.Folder, items, all[0].Total)
	}
	return all, nil
}

// noneOpens reports whether a key opens no manifest at all, so that it is a wrong
// one, and not a single manifest that is damaged.
func (s *Set) noneOpens(k *key.Key) bool {
	for i := range s.Count {
		if _, err := readManifest(s.part(i), k); !errors.Is(err, formats.ErrAuthentication) {
			return false
		}
	}
	return true
}

// compare says in which way two parts are not of one dataset.
func (s *Set) compare(m, first *manifest) error {
	what := ""
	switch {
	case m.sameRun(first):
		return nil
	case m.Tool != first.Tool:
		what = "another version of datum, " + m.Tool + " and not " + first.Tool
	case m.Options != first.Options:
		what = "other options"
	default:
		what = "another input"
	}
	return formats.WithHint(formats.Reason(formats.ErrCorrupt, "%s: it was made from or with %s than %s", s.part(m.Part.Index), what, s.part(first.Part.Index)),
		"run the shards again: what is from another run is replaced, what is right stays")
}

func registry(r *formats.Registry) *formats.Registry {
	if r != nil {
		return r
	}
	return all.Registry()
}

// begun returns the subsets of a manifest that have items, in a fixed order.
func (m *manifest) begun() []string {
	var names []string
	for name := range m.First {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

package yolo

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// What the formats need, in words that go on from "needs".
const (
	needData   = "an obj.data file of Darknet"
	needNames  = "obj.names or classes.txt with label files"
	needYAML   = "a YAML file with names or nc and with train or val"
	needLabels = "label files with lines of a class number and at least four numbers around 0 to 1"
)

// verdict is what a folder is, for both formats.
type verdict struct {
	format     string // empty: neither
	confidence formats.Confidence
	met, unmet []string
}

// probeFor returns what one of the two formats says of a folder: at most one of
// them says yes.
func probeFor(format string) func(context.Context, *files.Folder) formats.Verdict {
	return func(_ context.Context, f *files.Folder) formats.Verdict {
		v := examine(f)
		switch {
		case v.format == format:
			return formats.Verdict{Confidence: v.confidence, Met: v.met}
		case v.format != "":
			need := needData + ", or " + needNames
			if format == ultralyticsName {
				need = needYAML + ", or no list of class names at all"
			}
			return formats.Verdict{Met: v.met[1:], Unmet: []string{need + " (" + v.format + " fits)"}}
		}
		if format == darknetName {
			return formats.Verdict{Met: v.met, Unmet: append([]string{needData + ", or " + needNames}, v.unmet...)}
		}
		return formats.Verdict{Met: v.met, Unmet: append([]string{needYAML}, v.unmet...)}
	}
}

// prober looks at a listing.
type prober struct {
	f    *files.Folder
	list *files.Listing
	only string
}

const (
	maxProbed     = 20      // files of one kind that are opened
	maxProbeBytes = 1 << 20 // of a configuration
)

// examine says which of the formats a folder holds.
func examine(f *files.Folder) verdict {
	p := &prober{f, f.List(), f.Only()}
	if v, ok := p.onlyText(); ok {
		return v
	}
	if name := p.config(isDarknet, ".data"); name != "" {
		return verdict{darknetName, formats.High, []string{fmt.Sprintf("%s (%s)", needData, name)}, nil}
	}
	if name := p.config(p.isYAML, ".yaml", ".yml"); name != "" {
		if dota := p.dota(); dota != "" {
			return verdict{met: []string{needYAML + " (" + name + ")"}, unmet: []string{needLabels + " (" + dota + " is of DOTA)"}}
		}
		return verdict{ultralyticsName, formats.High, []string{fmt.Sprintf("%s (%s)", needYAML, name)}, nil}
	}
	label, problem := p.labels()
	names := p.names()
	switch {
	case label == "" && names == "":
		return verdict{unmet: []string{problem}}
	case label == "":
		return verdict{met: []string{"a list of class names (" + names + ")"}, unmet: []string{problem}}
	case names != "":
		return verdict{darknetName, formats.High, []string{fmt.Sprintf("%s (%s)", needNames, names), fmt.Sprintf("%s (%s)", needLabels, label)}, nil}
	case p.only != "":
		return verdict{unmet: []string{"a label file, data.yaml, obj.data or a list of class names"}}
	case darknetSubset(path.Base(path.Dir(label))) != "":
		return verdict{darknetName, formats.Medium, []string{"obj_train_data or the like", fmt.Sprintf("%s (%s)", needLabels, label)}, nil}
	}
	return verdict{ultralyticsName, formats.Medium, []string{"no list of class names", fmt.Sprintf("%s (%s)", needLabels, label)}, nil}
}

// onlyText judges a single text file that was asked for.
func (p *prober) onlyText() (v verdict, ok bool) {
	if !strings.EqualFold(path.Ext(p.only), ".txt") || isOther(p.only) {
		return verdict{}, false
	}
	text, err := p.f.ReadFile(p.only, maxProbeBytes)
	if err == nil && looksLikeLabels(text) {
		return verdict{ultralyticsName, formats.Medium, []string{"a text file", fmt.Sprintf("%s (%s)", needLabels, p.only)}, nil}, true
	}
	return verdict{unmet: []string{needLabels}}, true
}

// dota returns a folder labelTxt, where there is one and none called labels.
func (p *prober) dota() (found string) {
	for _, dir := range p.list.Folders() {
		if strings.EqualFold(path.Base(dir), "labels") {
			return ""
		}
		if found == "" && strings.EqualFold(path.Base(dir), "labelTxt") {
			found = dir
		}
	}
	return found
}

// atHome reports whether a configuration lies where it speaks for the folder,
// and not for a dataset further down, of which there may be others.
func (p *prober) atHome(name string) bool {
	dir := path.Dir(name)
	if dir == "." {
		return true
	}
	switch strings.ToLower(dir) {
	case "data", "cfg", "config", "configs":
		return true
	}
	return len(p.list.Dirs(".")) == 1 && !strings.Contains(dir, "/")
}

// config returns the first configuration that is one.
func (p *prober) config(is func(name string, text []byte) bool, exts ...string) string {
	names := p.list.All(exts...)
	for _, name := range names[:min(maxProbed, len(names))] {
		if p.only != "" && p.only != name || !p.atHome(name) {
			continue
		}
		text, err := p.f.ReadFile(name, maxProbeBytes)
		if err == nil && is(name, text) {
			return name
		}
	}
	return ""
}

func isDarknet(_ string, text []byte) bool {
	_, ok := parseDarknet(text)
	return ok
}

func (p *prober) isYAML(name string, text []byte) bool {
	dirs := p.list.Folders()
	y, ok, err := parseYAML(text, func(value string) bool {
		value = plainPath(value)
		return strings.Contains(value, "/") && slices.Contains(dirs, path.Join(path.Dir(name), value))
	})
	return ok && err == nil && len(y.subsets) > 0
}

// names returns the list of class names: in the folder itself, or with the
// label files.
func (p *prober) names() string {
	names := p.list.All(".names")
	for _, name := range p.list.All(".txt") {
		if strings.EqualFold(path.Base(name), "classes.txt") {
			names = append(names, name)
		}
	}
	for _, name := range names {
		_, m := placeOf(name, func(string) bool { return false })
		if (p.only == "" || p.only == name) && (p.atHome(name) || m != noMark) {
			return name
		}
	}
	return ""
}

// labels looks into a few label files, and returns one of them, if all that say
// something are label files, or what is wrong.
func (p *prober) labels() (found, problem string) {
	problem = needLabels
	opened, empty, names := 0, "", p.names() != ""
	for _, dir := range p.list.Folders() {
		for _, name := range p.labelFiles(dir, names) {
			if opened++; opened > maxProbed {
				return "", problem
			}
			text, err := p.f.ReadFile(name, maxProbeBytes)
			switch {
			case err != nil:
				return "", problem
			case looksLikeLabels(text):
				return name, ""
			case len(strings.TrimSpace(string(text))) > 0:
				return "", fmt.Sprintf("%s (%s has others)", needLabels, name)
			}
			empty = name
		}
	}
	if empty != "" && names {
		return empty, ""
	}
	return "", problem
}

// perFolder bounds the label files of one folder that are looked into.
const perFolder = 3

// ofThis reports whether label files in a folder are of the dataset, and not of
// one further down: above labels/ there may be the folder of a subset, called
// as those are, or where there are names of classes as anything.
func ofThis(dir string, names bool) bool {
	dirs := strings.Split(dir, "/")
	for i, d := range dirs {
		if markOf(d) != noMark {
			return i == 0 || i == 1 && (names || isSplit(dirs[0]))
		}
	}
	return dir == "." || isSplit(dirs[0])
}

// labelFiles returns the first text files of a folder that are label files by
// their place: in a folder of labels, or beside a picture of their name.
func (p *prober) labelFiles(dir string, names bool) (out []string) {
	texts := p.list.Files(dir, ".txt")
	if len(texts) == 0 || !ofThis(dir, names) {
		return nil
	}
	_, m := placeOf(path.Join(dir, "x.txt"), func(string) bool { return false })
	pictures := map[string]bool{}
	if m != labelIn && m != bothIn {
		for _, name := range p.list.Files(dir, imagesize.Extensions...) {
			pictures[stem(name)] = true
		}
	}
	for _, name := range texts {
		if isOther(name) || m != labelIn && m != bothIn && !pictures[stem(name)] {
			continue
		}
		if out = append(out, path.Join(dir, name)); len(out) == perFolder {
			break
		}
	}
	return out
}

// looksLikeLabels reports whether the first lines of a text are lines of a
// label file: positions are near the picture.
func looksLikeLabels(text []byte) bool {
	seen, far := 0, 0
	for n, fields := range eachLine(text) {
		var l line
		if l.parse(fields) != nil {
			return false
		}
		for _, v := range l.values[:4] {
			if v < -1 || v > 2 {
				far++
			}
		}
		if seen++; n >= maxProbed {
			break
		}
	}
	return seen > 0 && far*4 <= seen
}

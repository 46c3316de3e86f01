package imagefolder

import (
	"context"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

const (
	needPictures      = "pictures"
	needNoAnnotations = "no files that may be annotations (.json, .xml, .txt, .csv, …)"
	needClasses       = "two or more class folders with pictures, at the top or in folders of subsets"
	needNoClasses     = "pictures that do not lie in class folders"
	needMasks         = "a folder " + maskDir + " with .png masks, beside folders of subsets with the same classes"
	needNoMasks       = "no folders of masks or annotations (masks, gtFine, SegmentationClass, …)"
	needFolder        = "a folder, not a file"
)

// survey is what a bounded look at a folder shows.
type survey struct {
	annotation string // a file that may be one
	pictures   bool
	masks      bool // folders that may hold some
	classes    bool // as imagenet has them
	mvtec      bool
}

func look(f *files.Folder) survey {
	l := f.List()
	s := survey{annotation: annotationIn(f), mvtec: hasMasks(l)}
	for _, dir := range l.Folders() {
		s.pictures = s.pictures || countPictures(l, dir) > 0
		s.masks = s.masks || isMasks(path.Base(dir))
	}
	s.classes = s.pictures && hasClasses(l)
	return s
}

func countPictures(l *files.Listing, dir string) int { return l.Count(dir, imagesize.Extensions...) }

// below reports whether there are pictures below dir, and whether any lie more
// than one folder further down.
func below(l *files.Listing, dir string) (some, deep bool) {
	for _, d := range l.Folders() {
		rest, in := strings.CutPrefix(d, dir+"/")
		if !in || countPictures(l, d) == 0 {
			continue
		}
		some = true
		deep = deep || strings.Contains(rest, "/")
	}
	return some, deep
}

// hasClasses reports whether the folders are classes, or subsets of classes.
// The rules are narrow: most trees of pictures are something else.
func hasClasses(l *files.Listing) bool {
	if countPictures(l, ".") > 0 {
		return false
	}
	classes, subsets, named, deep, words := 0, 0, false, false, false
	for _, dir := range l.Dirs(".") {
		if isOtherFormat(dir) && dir != maskDir {
			return false
		}
		direct := countPictures(l, dir) > 0
		some, deeper := below(l, dir)
		switch {
		case some && direct && isSubsetName(dir):
			return false
		case some && !direct:
			if slices.ContainsFunc(l.Dirs(dir), isOtherFormat) {
				return false
			}
			subsets++
			named = named || isSubsetName(dir)
			deep = deep || deeper
		case direct:
			classes++
			words = words || !isSubsetName(dir)
			deep = deep || some
		}
	}
	if subsets == 0 {
		return classes >= 2 && words && !deep
	}
	return named || classes == 0 && !deep
}

// hasMasks reports whether there is what mvtec has and nothing else: masks of
// classes that a subset has, too.
func hasMasks(l *files.Listing) bool {
	for _, class := range l.Dirs(maskDir) {
		if l.Count(path.Join(maskDir, class), ".png") == 0 {
			continue
		}
		for _, subset := range l.Dirs(".") {
			if subset != maskDir && countPictures(l, path.Join(subset, class)) > 0 {
				return true
			}
		}
	}
	return false
}

// verdict lists the requirements, those met and the others.
func verdict(c formats.Confidence, needs map[string]bool, order ...string) formats.Verdict {
	v := formats.Verdict{Confidence: c}
	for _, n := range order {
		if needs[n] {
			v.Met = append(v.Met, n)
		} else {
			v.Unmet = append(v.Unmet, n)
		}
	}
	if len(v.Unmet) > 0 {
		v.Confidence = formats.No
	}
	return v
}

func probeImageNet(_ context.Context, f *files.Folder) formats.Verdict {
	if f.Only() != "" {
		return formats.Verdict{Unmet: []string{needFolder}}
	}
	s := look(f)
	return verdict(formats.Bare, map[string]bool{needPictures: s.pictures, needClasses: s.classes, needNoAnnotations: s.annotation == ""},
		needPictures, needClasses, needNoAnnotations)
}

func probeImageDir(_ context.Context, f *files.Folder) formats.Verdict {
	if f.Only() != "" {
		return formats.Verdict{Unmet: []string{needFolder}}
	}
	s := look(f)
	return verdict(formats.Bare, map[string]bool{
		needPictures: s.pictures, needNoClasses: s.pictures && !s.classes && !s.mvtec, needNoAnnotations: s.annotation == "", needNoMasks: !s.masks,
	}, needPictures, needNoClasses, needNoAnnotations, needNoMasks)
}

func probeMVTec(_ context.Context, f *files.Folder) formats.Verdict {
	if f.Only() != "" {
		return formats.Verdict{Unmet: []string{needFolder}}
	}
	s := look(f)
	return verdict(formats.Medium, map[string]bool{needPictures: s.pictures, needMasks: s.mvtec, needNoAnnotations: s.annotation == ""},
		needPictures, needMasks, needNoAnnotations)
}

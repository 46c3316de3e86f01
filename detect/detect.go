// Package detect finds out which format a path holds, and why it is not one of
// the others. The same rules and the same depth serve every command.
package detect

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"datum/formats"
)

// Depth is how many folders that hold nothing but one folder are gone through
// when nothing is found above, unless told otherwise.
const Depth = 3

// Match is what one format says of a path.
type Match struct {
	Format *formats.Format
	// Path is where the format was looked for, which may lie below the path
	// that was asked about.
	Path string
	formats.Verdict
}

// Result is the answer about a path.
type Result struct {
	// Matches are the formats with the highest confidence, by name. One is
	// the answer; none or several are not.
	Matches []Match
	// Rejected are all others, the nearest miss first.
	Rejected []Match
}

// Run asks every format of the registry about path and, where none fits,
// about the only folder in it, down to depth. The error is about reading path;
// finding nothing is none.
func Run(ctx context.Context, r *formats.Registry, path string, depth int) (Result, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return Result{}, formats.Reason(formats.ErrUnknownFormat, "%s: there is no such file or folder", path)
	} else if err != nil {
		return Result{}, err
	}
	var first Result
	for level := 0; ; level++ {
		res := ask(ctx, r, path)
		if level == 0 {
			first = res
		}
		if len(res.Matches) > 0 {
			return res, ctx.Err()
		}
		inner, ok := onlyFolder(path)
		if !ok || level == depth || ctx.Err() != nil {
			return first, ctx.Err()
		}
		path = inner
	}
}

// One returns the single best match, or an error that matches
// [formats.ErrUnknownFormat] or [formats.ErrAmbiguous].
func One(ctx context.Context, r *formats.Registry, path string, depth int) (Match, error) {
	res, err := Run(ctx, r, path, depth)
	if err != nil {
		return Match{}, err
	}
	return Choose(path, res)
}

// Choose returns the match of res, or says why there is not exactly one, as
// [One] does.
func Choose(path string, res Result) (Match, error) {
	switch len(res.Matches) {
	case 1:
		return res.Matches[0], nil
	case 0:
		return Match{}, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: no known format is in it", path), "%s", nearest(res))
	}
	var names []string
	for _, m := range res.Matches {
		names = append(names, m.Format.Name)
	}
	return Match{}, formats.WithHint(formats.Reason(formats.ErrAmbiguous, "%s: several formats match: %s", path, strings.Join(names, ", ")),
		"name the one you mean with --input-format")
}

func nearest(res Result) string {
	if len(res.Rejected) == 0 || len(res.Rejected[0].Unmet) == 0 {
		return "datum formats lists the formats, datum detect --show-rejections says what each of them needs"
	}
	m := res.Rejected[0]
	return "the nearest is " + m.Format.Name + ", which needs " + Needs(m.Unmet)
}

// Needs joins requirements to the end of a sentence that begins with "needs".
func Needs(unmet []string) string { return strings.Join(unmet, " and ") }

func ask(ctx context.Context, r *formats.Registry, path string) Result {
	var all []Match
	best := formats.No
	for _, f := range r.All() {
		if f.Probe == nil || ctx.Err() != nil {
			continue
		}
		m := Match{f, path, f.Probe(ctx, path)}
		best = max(best, m.Confidence)
		all = append(all, m)
	}
	var res Result
	for _, m := range all {
		if best > formats.No && m.Confidence == best {
			res.Matches = append(res.Matches, m)
		} else {
			res.Rejected = append(res.Rejected, m)
		}
	}
	slices.SortStableFunc(res.Rejected, func(a, b Match) int {
		if c := cmp.Compare(b.Confidence, a.Confidence); c != 0 {
			return c
		}
		return cmp.Compare(share(b), share(a))
	})
	return res
}

// share is the part of the requirements that are met.
func share(m Match) float64 {
	if n := len(m.Met) + len(m.Unmet); n > 0 {
		return float64(len(m.Met)) / float64(n)
	}
	return 0
}

// onlyFolder returns the folder in path, if it is the only thing in it.
func onlyFolder(path string) (string, bool) {
	dir, err := os.Open(path)
	if err != nil {
		return "", false
	}
	defer dir.Close()
	const few = 16 // hidden files beside it do not count, but are not many
	entries, err := dir.ReadDir(few)
	if err != nil || len(entries) == few {
		return "", false
	}
	found := ""
	for _, e := range entries {
		switch name := e.Name(); {
		case strings.HasPrefix(name, ".") || name == "__MACOSX":
		case !e.IsDir() || found != "":
			return "", false
		default:
			found = name
		}
	}
	return filepath.Join(path, found), found != ""
}

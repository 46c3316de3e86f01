// Package detect finds out which format a path holds, and why it is not one of
// the others. The same rules and the same depth serve every command.
package detect

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
)

// Depth is how many folders that hold nothing but one folder are gone through
// when nothing is found above, unless told otherwise.
const Depth = 3

// Match is what one format says of a folder.
type Match struct {
	Format *formats.Format
	// Folder is where the format was looked for, which may lie below the
	// folder that was asked about.
	Folder *files.Folder
	formats.Verdict
}

// Path is the path of the folder, or of the one file that was asked about, for
// people to read.
func (m *Match) Path() string { return pathOf(m.Folder) }

func pathOf(f *files.Folder) string {
	if f.Only() != "" {
		return f.Path(f.Only())
	}
	return f.Path(".")
}

// Result is the answer about a folder.
type Result struct {
	// Matches are the formats with the highest confidence, by name. One is
	// the answer; none or several are not.
	Matches []Match
	// Rejected are all others, the nearest miss first.
	Rejected []Match
}

// Run asks every format of the registry about a folder and, where none fits
// well, about the only folder in it, down to depth. Finding nothing is no
// error; the only one is that of ctx.
func Run(ctx context.Context, r *formats.Registry, f *files.Folder, depth int) (Result, error) {
	var best Result
	for level := 0; ; level++ {
		res := ask(ctx, r, f)
		if level == 0 || confidence(res) > confidence(best) {
			best = res
		}
		// Names alone may speak for a format here, and content for another
		// one further down.
		inner, ok := onlyFolder(f)
		if !ok || level == depth || confidence(best) > formats.Low || ctx.Err() != nil {
			return best, ctx.Err()
		}
		f = inner
	}
}

// confidence is that of the matches.
func confidence(r Result) formats.Confidence {
	if len(r.Matches) == 0 {
		return formats.No
	}
	return r.Matches[0].Confidence
}

// One returns the single best match, or an error that matches
// [formats.ErrUnknownFormat] or [formats.ErrAmbiguous].
func One(ctx context.Context, r *formats.Registry, f *files.Folder, depth int) (Match, error) {
	res, err := Run(ctx, r, f, depth)
	if err != nil {
		return Match{}, err
	}
	return Choose(f.Path(f.Only()), res)
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

func ask(ctx context.Context, r *formats.Registry, folder *files.Folder) Result {
	var all []Match
	best := formats.No
	for _, f := range r.All() {
		if f.Probe == nil || ctx.Err() != nil {
			continue
		}
		m := Match{f, folder, f.Probe(ctx, folder)}
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

// onlyFolder returns the folder in f, if it is the only thing in it.
func onlyFolder(f *files.Folder) (*files.Folder, bool) {
	l := f.List()
	dirs := l.Dirs(".")
	if f.Only() != "" || len(dirs) != 1 || l.Count(".") > 0 {
		return nil, false
	}
	return f.Sub(dirs[0]), true
}

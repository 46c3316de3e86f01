package text

import (
	"bytes"
	"strings"

	"datum/events"
	"datum/files"
	"datum/formats"
)

// The layouts of MovieLens.
const (
	movieLensU   = "u"   // 100k
	movieLensDat = "dat" // 1m, 10m
	movieLensCSV = "csv" // latest, 20m, 25m, 32m
)

// movieLensHead is the first line of ratings.csv.
const movieLensHead = "userId,movieId,rating,timestamp"

// findMovieLens knows the layouts by the names of their files.
func findMovieLens(f *files.Folder, _ *events.Columns) *sources {
	s := &sources{}
	ratings := []struct{ kind, events, items string }{
		{movieLensU, "u.data", "u.item"}, {movieLensDat, "ratings.dat", "movies.dat"}, {movieLensCSV, "ratings.csv", "movies.csv"},
	}
	for _, l := range ratings {
		if s.events = chosen(f, l.events); s.events != nil {
			s.kind, s.items = l.kind, present(f, l.items)
			break
		}
	}
	if s.events == nil && isSplit(f.Only()) {
		s.kind, s.events, s.items = movieLensU, []string{f.Only()}, present(f, "u.item")
	}
	if s.events == nil {
		s.unmet = []string{"u.data, ratings.dat or ratings.csv"}
		return s
	}
	s.movieLens(f)
	return s
}

// isSplit reports whether a file is one of the halves in which MovieLens 100k also
// comes.
func isSplit(name string) bool {
	return strings.HasPrefix(name, "u") && (strings.HasSuffix(name, ".base") || strings.HasSuffix(name, ".test"))
}

// movieLens looks at the first line of the ratings, and for halves of them.
func (s *sources) movieLens(f *files.Folder) {
	l := line{text: firstLine(f, s.events[0])}
	ok := string(l.text) == movieLensHead
	if s.kind != movieLensCSV {
		ok = ratingOf(s.kind)(l, new(batch)) == nil
	}
	need := "ratings of four fields in " + s.events[0]
	if !ok {
		s.unmet = []string{need}
		return
	}
	s.met, s.confidence = []string{need}, formats.High
	if s.kind != movieLensU || f.Only() != "" {
		return
	}
	for _, name := range f.List().Files(".", ".base", ".test") {
		if isSplit(name) {
			s.unread = append(s.unread, name)
		}
	}
	if len(s.unread) > 0 {
		s.why = "u.data has all ratings, the others are parts of it"
	}
}

// ratingOf returns the parser of ratings.
func ratingOf(kind string) parser {
	l := layout{user: 0, item: 1, value: 2, time: 3, category: -1, width: 4}
	switch kind {
	case movieLensDat:
		return func(at line, b *batch) error {
			b.fields = splitAtColons(at.text, b.fields[:0])
			return l.event(at, b.fields, b)
		}
	case movieLensCSV:
		return func(at line, b *batch) error {
			if at.number == 1 {
				return nil
			}
			b.fields = splitAt(at.text, ',', b.fields[:0], mostFields)
			return l.event(at, b.fields, b)
		}
	}
	return func(at line, b *batch) error {
		b.fields = splitAt(at.text, '\t', b.fields[:0], mostFields)
		return l.event(at, b.fields, b)
	}
}

func splitAtColons(line []byte, into [][]byte) [][]byte {
	for {
		at := bytes.Index(line, []byte("::"))
		if at < 0 || len(into) > mostFields {
			return append(into, line)
		}
		into = append(into, line[:at:at])
		line = line[at+2:]
	}
}

func readMovieLens(r *reader) error {
	if err := r.fixed(); err != nil {
		return err
	}
	if err := r.each(r.found.events[0], nil, ratingOf(r.found.kind)); err != nil {
		return err
	}
	for _, name := range r.found.items {
		if err := r.movies(name); err != nil {
			return err
		}
	}
	for _, name := range present(r.folder, "u.user", "users.dat", "tags.dat", "tags.csv", "genome-scores.csv", "links.csv") {
		r.loss.Add("files dropped: a log has no place for what they hold", name, 1)
	}
	return nil
}

// noGenres is what stands for none.
const noGenres = "(no genres listed)"

// movies reads the genres. All genres of a film together are its category.
func (r *reader) movies(name string) error {
	switch r.found.kind {
	case movieLensDat:
		return r.each(name, nil, func(l line, b *batch) error {
			b.fields = splitAtColons(l.text, b.fields[:0])
			return movie(l, b.fields, b)
		})
	case movieLensCSV:
		q := &quoting{','}
		return r.each(name, q, func(l line, b *batch) error {
			if l.number == 1 {
				return nil
			}
			var err error
			if b.fields, err = q.split(l.text, b.fields[:0]); err != nil {
				return err
			}
			return movie(l, b.fields, b)
		})
	}
	genres := r.genres()
	return r.each(name, nil, func(l line, b *batch) error { return flagged(l, b, genres) })
}

// movie takes number, title and genres.
func movie(l line, fields [][]byte, b *batch) error {
	if len(fields) < 3 {
		return corrupt("%d fields, and a film has a number, a title and genres", len(fields))
	}
	genres := bytes.TrimSpace(fields[len(fields)-1])
	if string(genres) == noGenres {
		genres = nil
	}
	b.drop([]byte("title"))
	b.item(l, fields[0], genres)
	return nil
}

// usualGenres are those of MovieLens 100k, in the order of its flags.
var usualGenres = strings.Split("unknown Action Adventure Animation Children's Comedy Crime Documentary Drama Fantasy Film-Noir Horror Musical Mystery Romance Sci-Fi Thriller War Western", " ")

// genres reads u.genre, which names the flags.
func (r *reader) genres() []string {
	var out []string
	for _, l := range bytes.Split(firstLines(r.folder, "u.genre"), []byte{'\n'}) {
		if name, _, ok := bytes.Cut(bytes.TrimSpace(l), []byte{'|'}); ok {
			out = append(out, string(name))
		}
	}
	if len(out) == 0 {
		return usualGenres
	}
	return out
}

// flagged reads a line of u.item, whose last fields are a 1 or a 0 for each genre.
func flagged(l line, b *batch, genres []string) error {
	const before = 5 // number, title, two dates, an address
	b.fields = splitAt(l.text, '|', b.fields[:0], mostFields)
	if len(b.fields) != before+len(genres) {
		return corrupt("%d fields, and a film has %d and a flag for each of %d genres", len(b.fields), before, len(genres))
	}
	var category []byte
	for i, flag := range b.fields[before:] {
		switch string(flag) {
		case "1":
			if len(category) > 0 {
				category = append(category, '|')
			}
			category = append(category, genres[i]...)
		case "0":
		default:
			return corrupt("the flag of %s is %s, and neither 0 nor 1", genres[i], shown(flag))
		}
	}
	for _, name := range []string{"title", "release date", "video release date", "address"} {
		b.drop([]byte(name))
	}
	b.item(l, b.fields[0], category)
	return nil
}

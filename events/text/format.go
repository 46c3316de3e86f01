package text

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"datum/events"
	"datum/files"
	"datum/formats"
	"datum/internal/suggest"
)

// table has every format.
var table = []events.Format{
	{
		Name: "dien", Aliases: []string{"ctr_text", "din"},
		Summary: "the text files of the DIN and DIEN reference: item-info and reviews-info, or samples",
		Probe:   prober(findDIEN), Import: importer("dien", findDIEN, readDIEN), Export: exporterOf(writeDIEN),
	},
	{
		Name: "amazon", Aliases: []string{"amazon_json"},
		Summary: "Amazon reviews: a Python or JSON dictionary on each line, reviews and items in two files",
		Probe:   prober(findAmazon), Import: importer("amazon", findAmazon, readAmazon),
	},
	{
		Name:    "recbole",
		Summary: "atomic files of RecBole: .inter and .item, whose headers name columns and their types",
		Probe:   prober(findRecBole), Import: importer("recbole", findRecBole, readRecBole), Export: exporterOf(writeRecBole),
	},
	{
		Name:    "movielens",
		Summary: "MovieLens: u.data and u.item, ratings.dat and movies.dat, or ratings.csv and movies.csv",
		Probe:   prober(findMovieLens), Import: importer("movielens", findMovieLens, readMovieLens),
	},
	{
		Name: "csv", Aliases: []string{"tabular", "tsv"},
		Summary: "a table with columns of users, items, categories, times and values",
		Probe:   prober(findCSV), Import: importer("csv", findCSV, readCSV), Export: exporterOf(writeCSV),
	},
}

// Formats returns all formats.
func Formats() []events.Format { return slices.Clone(table) }

// Lookup returns the format that users mean by a name.
func Lookup(name string) (*events.Format, error) {
	var names []string
	for i := range table {
		all := append([]string{table[i].Name}, table[i].Aliases...)
		if slices.ContainsFunc(all, func(n string) bool { return strings.EqualFold(n, name) }) {
			return &table[i], nil
		}
		names = append(names, all...)
	}
	err := formats.Reason(formats.ErrUnknownFormat, "there is no text format %q of events", name)
	if near := suggest.Nearest(strings.ToLower(name), names); near != "" {
		return nil, formats.WithHint(err, "did you mean %s?", near)
	}
	return nil, formats.WithHint(err, "there are dien, amazon, recbole, movielens and csv")
}

// Match is what a format says of a folder.
type Match struct {
	Format *events.Format
	formats.Verdict
}

// Detect asks all formats about a folder and returns what they say, the most
// confident first. It reads names and first bytes.
func Detect(ctx context.Context, f *files.Folder) []Match {
	var all []Match
	for i := range table {
		all = append(all, Match{&table[i], table[i].Probe(ctx, f)})
	}
	slices.SortStableFunc(all, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(len(a.Unmet), len(b.Unmet)), cmp.Compare(len(b.Met), len(a.Met)))
	})
	return all
}

// sources are the files of a folder that a format reads.
type sources struct {
	// kind is the layout, where a format has several.
	kind string
	// events has those with the events, items those with what is known of items.
	events, items []string
	// unread are files of the format that are not read, since others hold more;
	// why says what those hold.
	unread []string
	why    string
	// confidence is what the files say for themselves.
	confidence formats.Confidence
	// met and unmet are requirements, as in [formats.Verdict].
	met, unmet []string
}

// finder looks for the files of a format.
type finder func(f *files.Folder, c *events.Columns) *sources

func prober(find finder) func(context.Context, *files.Folder) formats.Verdict {
	return func(_ context.Context, f *files.Folder) formats.Verdict {
		s := find(f, &events.Columns{})
		v := formats.Verdict{Confidence: s.confidence, Met: s.met, Unmet: s.unmet}
		if len(s.unmet) > 0 {
			v.Confidence = formats.No
		}
		return v
	}
}

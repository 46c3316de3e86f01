package text

import (
	"context"
	"slices"

	"datum/events"
	"datum/files"
	"datum/formats"
)

// table has every format. The names are told from those of datasets of items.
var table = []events.Format{
	{
		Name: "dien_text", Aliases: []string{"dien", "din", "ctr_text"},
		Summary: "the text files of the DIN and DIEN reference: item-info and reviews-info, or samples",
		Probe:   prober(findDIEN), Import: importer("dien_text", findDIEN, readDIEN), Export: exporterOf(writeDIEN),
	},
	{
		Name: "amazon_json", Aliases: []string{"amazon"},
		Summary: "Amazon reviews: a Python or JSON dictionary on each line, reviews and items in two files",
		Probe:   prober(findAmazon), Import: importer("amazon_json", findAmazon, readAmazon),
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
		Name: "events_csv", Aliases: []string{"csv", "tsv", "tabular"},
		Summary: "a table with columns of users, items, categories, times and values",
		Probe:   prober(findCSV), Import: importer("events_csv", findCSV, readCSV), Export: exporterOf(writeCSV),
	},
}

// Formats returns all formats.
func Formats() []events.Format { return slices.Clone(table) }

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

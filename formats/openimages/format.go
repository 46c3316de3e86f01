package openimages

import (
	"context"
	"path"
	"slices"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

const (
	formatName     = "open_images"
	annotationsDir = "annotations"
	imagesDir      = "images"
	masksDir       = "masks"
	metaFile       = "images.meta"
	hierarchyFile  = "bbox_labels_600_hierarchy.json"
	defaultSubset  = dataset.DefaultSubset
)

// optionNames chooses what labels are called.
var optionNames = formats.Option{
	Name:   "open_images-names",
	Usage:  "what labels are called: their LabelName (/m/01g317) or their DisplayName (Person)",
	Values: []string{"label", "display"}, Default: "label", Import: true,
}

// Format returns the format open_images.
func Format() *formats.Format {
	return &formats.Format{
		Name:    formatName,
		Summary: "Open Images v4 to v7: CSV files of image labels, boxes and masks",
		Options: []formats.Option{optionNames},
		Probe:   probe,
		Import:  open,
		Export:  export,
	}
}

const (
	needTable = "a .csv file with the columns ImageID and LabelName and what belongs to them, or ImageID and Subset"
	// maxTables bounds the files whose headers are looked at.
	maxTables = 500
)

// probe reads the headers of CSV files.
func probe(ctx context.Context, f *files.Folder) formats.Verdict {
	names := f.List().All(".csv")
	if f.Only() != "" {
		names = []string{f.Only()}
	}
	for i, name := range names {
		if i == maxTables || ctx.Err() != nil {
			break
		}
		t, err := openTable(f, name)
		if err != nil || t.kind == kindNone {
			continue
		}
		t.file.Close()
		if t.kind != kindLabels || t.subset != "" { // such columns alone are in many tables
			return formats.Verdict{Confidence: formats.High, Met: []string{needTable}}
		}
	}
	return formats.Verdict{Unmet: []string{needTable}}
}

// base returns the folder of the dataset that f is in: the one above where f
// holds the annotations only. It is to be closed where it is not f.
func base(f *files.Folder) *files.Folder {
	if f.Base() != annotationsDir || f.HasDir(imagesDir) {
		return f
	}
	if up, _, err := f.Parent(); err == nil {
		return up
	}
	return f
}

// openTables opens the CSV files of a dataset that mean something.
func openTables(f *files.Folder, notes *formats.Loss) ([]*table, error) {
	names := f.List().All(".csv")
	if f.Only() != "" {
		names = []string{f.Only()}
	}
	var tables []*table
	fail := func(err error) ([]*table, error) {
		for _, t := range tables {
			t.file.Close()
		}
		return nil, err
	}
	if len(names) > maxTables {
		return fail(formats.Reason(formats.ErrCorrupt, "%s: more than %d .csv files", f.Path("."), maxTables))
	}
	for _, name := range names {
		t, err := openTable(f, name)
		if err != nil {
			return fail(formats.At(f, formatName, name, err))
		}
		if t.kind != kindNone {
			tables = append(tables, t)
		} else if !isClasses(name) {
			notes.Add(".csv files without columns of image labels, boxes or masks ignored", f.Path(name), 1)
		}
	}
	if full := slices.IndexFunc(tables, func(t *table) bool { return path.Base(t.name) == fullList && t.kind == kindImages }); full >= 0 {
		keep := tables[full]
		tables = slices.DeleteFunc(tables, func(t *table) bool {
			drop := t.kind == kindImages && t != keep
			if drop {
				t.file.Close()
			}
			return drop
		})
	}
	slices.SortStableFunc(tables, func(a, b *table) int { return int(a.kind) - int(b.kind) })
	return tables, nil
}

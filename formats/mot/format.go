package mot

import (
	"bufio"
	"context"
	"io"
	"path"
	"strings"

	"datum/files"
	"datum/formats"
)

const (
	formatName  = "mot_seq"
	gtDir       = "gt"
	gtFile      = "gt.txt"
	detDir      = "det"
	detFile     = "det.txt"
	labelsFile  = "labels.txt"
	seqinfoFile = "seqinfo.ini"
	imagesDir   = "img1"
)

// optionCoordinates says from where pixels are counted in the files.
var optionCoordinates = formats.Option{
	Name:   "mot-coordinates",
	Usage:  "whether pixels in the files are counted from 0, as Datumaro takes them, or from 1, as MOT does",
	Values: []string{"zero-based", "one-based"}, Default: "zero-based", Import: true, Export: true,
}

// origin is the number of the first pixel.
func origin(v formats.Values) float64 {
	if v.Of(optionCoordinates) == "one-based" {
		return 1
	}
	return 0
}

// Format returns the format mot_seq.
func Format() *formats.Format {
	return &formats.Format{
		Name:    formatName,
		Aliases: []string{"mot", "mot_seq_gt"},
		Summary: "MOT challenge sequences: boxes of tracked objects, frame by frame",
		Options: []formats.Option{optionCoordinates},
		Probe:   probe,
		Import:  open,
		Export:  export,
	}
}

const (
	needFile = gtDir + "/" + gtFile + " or " + detDir + "/" + detFile + " in a folder of a sequence"
	needRows = "rows of six to ten numbers with commas between them in it, frame and track first"
)

func probe(_ context.Context, f *files.Folder) formats.Verdict {
	tables := findTables(f)
	if len(tables) == 0 {
		return formats.Verdict{Unmet: []string{needFile, needRows}}
	}
	v := formats.Verdict{Met: []string{needFile}}
	for i, t := range tables {
		if i == 20 || v.Confidence == formats.High {
			break
		}
		if n, ok := firstRows(f, t); ok && n > 0 {
			v.Confidence = formats.High
		} else if ok {
			v.Confidence = formats.Low // a file without rows
		}
	}
	if f.Only() != "" && v.Confidence > formats.Low && !isUsual(f, f.Only()) {
		v.Confidence = formats.Low // such rows are in other files, too
	}
	if v.Confidence == formats.No {
		v.Unmet = append(v.Unmet, needRows)
		return v
	}
	v.Met = append(v.Met, needRows)
	return v
}

// isUsual reports whether a file lies where MOT has it.
func isUsual(f *files.Folder, name string) bool {
	dir := path.Dir(name)
	if dir == "." {
		dir = f.Base()
	}
	dir = strings.ToLower(path.Base(dir))
	return dir == gtDir || dir == detDir
}

// firstRows counts the rows among the first lines of a file; ok is false where
// some are none.
func firstRows(f *files.Folder, name string) (n int, ok bool) {
	file, err := f.OpenFile(name)
	if err != nil {
		return 0, false
	}
	defer file.Close()
	lines := bufio.NewReaderSize(io.LimitReader(file, 16<<10), 16<<10)
	for range 20 {
		line, err := lines.ReadString('\n')
		if err != nil && n > 0 { // cut short
			return n, true
		}
		if text := trimLine(line, n == 0); text != "" {
			if _, bad := parseRow(text); bad != nil {
				return n, false
			}
			n++
		}
		if err != nil {
			break
		}
	}
	return n, true
}

// findTables returns the files with rows: that which was asked for, or all that
// lie where they should.
func findTables(f *files.Folder) (names []string) {
	if only := f.Only(); only != "" {
		if strings.EqualFold(path.Ext(only), ".txt") && !strings.EqualFold(path.Base(only), labelsFile) {
			names = append(names, only)
		}
		return names
	}
	for _, dir := range f.List().Folders() {
		base := strings.ToLower(path.Base(dir))
		if base != gtDir && base != detDir {
			continue
		}
		for _, name := range f.List().Files(dir, ".txt") {
			if l := strings.ToLower(name); base == gtDir && l == gtFile || base == detDir && l == detFile {
				names = append(names, path.Join(dir, name))
			}
		}
	}
	return names
}

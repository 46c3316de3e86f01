package imagefolder

import (
	"bufio"
	"context"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"datum/files"
	"datum/formats"
)

const (
	synsetsFile = "synsets.txt"
	imagesDir   = "images"
	// maxLine bounds a line of a list.
	maxLine = 1 << 20
)

func imageNetTxt() *formats.Format {
	return &formats.Format{
		Name:    nameImageNetTxt,
		Summary: "lists of pictures with the numbers of their classes, and synsets.txt",
		Probe:   probeLists,
		Import:  openLists,
		Export:  exportLists,
	}
}

// listed is a line of a list.
type listed struct {
	name   string
	labels []int32
}

var errLine = errors.New(`a line is the name of a picture and the numbers of its labels, as in: "a name".jpg 0 7`)

// parseLine reads a line. A name in quotes has its extension behind them; one
// without may have spaces if it ends like that of a picture.
func parseLine(line string) (x listed, err error) {
	rest := strings.TrimSpace(line)
	if quoted, ok := strings.CutPrefix(rest, `"`); ok {
		end := strings.LastIndexByte(quoted, '"')
		if end < 0 {
			return x, errLine
		}
		ext, labels, _ := strings.Cut(strings.ReplaceAll(quoted[end+1:], "\t", " "), " ")
		x.name, rest = quoted[:end]+ext, labels
	} else {
		x.name, rest = cutName(rest)
	}
	if x.name == "" {
		return x, errLine
	}
	for _, field := range strings.Fields(rest) {
		n, err := strconv.ParseUint(field, 10, 31)
		if err != nil {
			return x, errLine
		}
		x.labels = append(x.labels, int32(n))
	}
	return x, nil
}

// cutName cuts the name off a line without quotes.
func cutName(line string) (name, rest string) {
	first := strings.IndexAny(line, " \t")
	if first < 0 {
		return line, ""
	}
	for at := first; at < len(line); at++ {
		if c := line[at]; (c == ' ' || c == '\t') && isPicture(line[:at]) {
			return line[:at], line[at:]
		}
	}
	if isPicture(line) {
		return line, ""
	}
	return line[:first], line[first:]
}

// lists are the names of the lists in a folder, without those that are none.
func lists(f *files.Folder) ([]string, error) {
	if only := f.Only(); only != "" {
		if !strings.EqualFold(path.Ext(only), ".txt") || only == synsetsFile {
			return nil, nil
		}
		return []string{only}, nil
	}
	entries, err := f.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && strings.EqualFold(path.Ext(name), ".txt") && name != synsetsFile && !isAbout(name) {
			out = append(out, name)
		}
	}
	return out, nil
}

const (
	needSynsets = synsetsFile + " with the names of the classes"
	needList    = "a .txt file beside it with lines of a picture and numbers of classes"
)

func probeLists(_ context.Context, f *files.Folder) formats.Verdict {
	needs := map[string]bool{needSynsets: f.Has(synsetsFile)}
	names, err := lists(f)
	for i := 0; err == nil && i < len(names) && i < 20; i++ {
		needs[needList] = needs[needList] || isList(f, names[i])
	}
	return verdict(formats.High, needs, needSynsets, needList)
}

// isList reports whether the first lines of a file are those of a list, one of
// them with a label.
func isList(f *files.Folder, name string) bool {
	file, err := f.OpenFile(name)
	if err != nil {
		return false
	}
	defer file.Close()
	lines := bufio.NewReaderSize(io.LimitReader(file, 64<<10), 64<<10)
	labels := 0
	for range 50 {
		line, err := lines.ReadString('\n')
		if err == nil || strings.TrimSpace(line) != "" {
			x, bad := parseLine(strings.TrimPrefix(line, "\ufeff"))
			if strings.TrimSpace(line) != "" && (bad != nil || !isPicture(x.name)) {
				return false
			}
			labels += len(x.labels)
		}
		if err != nil {
			break
		}
	}
	return labels > 0
}

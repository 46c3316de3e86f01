package commands

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"datum/files"
)

// defaultOutput is the folder that Datumaro would choose: in the current
// folder, named after the input and the format, and if there is one already
// with the number after the highest there is.
func defaultOutput(in, format string) (string, error) {
	abs, err := filepath.Abs(files.URLName(in))
	if err != nil {
		return "", err
	}
	base := filepath.Base(abs) + "-" + format
	entries, err := os.ReadDir(".")
	if err != nil {
		return "", err
	}
	taken, highest := false, 0
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), base)
		if !ok {
			continue
		}
		taken = taken || rest == ""
		if n, err := strconv.Atoi(strings.TrimPrefix(rest, ".")); err == nil && strings.HasPrefix(rest, ".") && n > 0 {
			taken, highest = true, max(highest, n)
		}
	}
	if !taken {
		return base, nil
	}
	return fmt.Sprintf("%s.%d", base, highest+1), nil
}

package evaluate

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// shownCells is how many mistakes are printed.
const shownCells = 10

// WriteMistakes prints the most frequent mistakes of a list that has the most
// frequent first.
func WriteMistakes(w io.Writer, cells []ConfusionReport) {
	shown := 0
	for _, c := range cells {
		if c.Truth == c.Predicted {
			continue
		}
		if shown == 0 {
			fmt.Fprintln(w, "\nmost frequent mistakes")
		}
		switch {
		case c.Truth == "":
			fmt.Fprintf(w, "%8d  %s where there is none\n", c.Count, printable(c.Predicted))
		case c.Predicted == "":
			fmt.Fprintf(w, "%8d  %s not found\n", c.Count, printable(c.Truth))
		default:
			fmt.Fprintf(w, "%8d  %s taken for %s\n", c.Count, printable(c.Truth), printable(c.Predicted))
		}
		if shown++; shown == shownCells {
			return
		}
	}
}

// printable is a name without what a terminal would take for a command.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, name)
}

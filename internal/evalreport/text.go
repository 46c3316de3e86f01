package evalreport

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WriteText writes the numbers and the table of classes for a terminal. Of more
// than most classes the table has the first ones, and says so; none if most is
// zero, all if it is below zero.
func WriteText(w io.Writer, r *Report, most int) error {
	b := bufio.NewWriter(w)
	for _, f := range r.Facts {
		fmt.Fprintf(b, "%-10s %s\n", plain(f.Name), plain(f.Value))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(b, "note: %s\n", plain(n))
	}
	if len(r.Facts)+len(r.Notes) > 0 {
		fmt.Fprintln(b)
	}
	if d := r.Detection; d != nil {
		writeNumbers(b, d.numbers())
		d.table().write(b, most)
	}
	if c := r.Classification; c != nil {
		writeNumbers(b, c.numbers())
		c.table().write(b, most)
	}
	return b.Flush()
}

func writeNumbers(w io.Writer, numbers []number) {
	for _, n := range numbers {
		fmt.Fprintf(w, "%-10s %6s  %s\n", n.Name, show(n.Value), n.Phrase)
	}
}

// A textTable has a name and numbers in each row.
type textTable struct {
	head []string
	rows [][]string
}

func (d *Detection) table() *textTable {
	t := &textTable{head: []string{"class", "images", "truths", "detections", "AP", "AP50", "AP75", "AR 100", "VOC 2010"}}
	for i := range d.Classes {
		c := &d.Classes[i]
		t.rows = append(t.rows, []string{
			className(c.Name), strconv.Itoa(c.Counts.Images), strconv.Itoa(c.Counts.Truths), strconv.Itoa(c.Counts.Detections),
			show(c.COCO.AP), show(c.COCO.AP50), show(c.COCO.AP75), show(c.COCO.AR100), show(c.VOC2010),
		})
	}
	return t
}

func (c *Classification) table() *textTable {
	t := &textTable{head: []string{"class", "images", "predicted", "top-1", "top-5", "precision"}}
	for i := range c.Classes {
		k := &c.Classes[i]
		t.rows = append(t.rows, []string{
			className(k.Name), strconv.Itoa(k.Truths), strconv.Itoa(k.Predicted),
			show(k.Top1Accuracy()), show(k.Top5Accuracy()), show(k.Precision()),
		})
	}
	return t
}

// longestName bounds the names of classes, so that a row fits a terminal.
const longestName = 32

func (t *textTable) write(w io.Writer, most int) {
	shown := t.rows
	if most >= 0 && len(shown) > most {
		shown = shown[:most]
	}
	if len(shown) > 0 {
		fmt.Fprintln(w)
		widths := make([]int, len(t.head))
		for _, row := range append([][]string{t.head}, shown...) {
			for i, cell := range row {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
		writeRow(w, t.head, widths)
		for _, row := range shown {
			writeRow(w, row, widths)
		}
	}
	if left := len(t.rows) - len(shown); left > 0 && len(shown) > 0 {
		fmt.Fprintf(w, "… and %d more classes\n", left)
	}
}

// writeRow aligns the name to the left and the numbers to the right.
func writeRow(w io.Writer, row []string, widths []int) {
	var b strings.Builder
	for i, cell := range row {
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i == 0 {
			b.WriteString(cell + pad)
		} else {
			b.WriteString("  " + pad + cell)
		}
	}
	fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
}

// plain makes a text fit for a terminal: what is not a printable character,
// such as the beginning of a command to the terminal, becomes a dot.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, s)
}

// className is the part of the name of a class that a terminal gets.
func className(s string) string {
	if s = plain(s); utf8.RuneCountInString(s) > longestName {
		s = string([]rune(s)[:longestName-1]) + "…"
	}
	return s
}

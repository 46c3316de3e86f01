package evalreport

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"datum/metrics"
)

// mostRows is how many classes the drawing of a confusion matrix has rows for,
// and mostMistakes how many kinds of mistakes are listed.
const (
	mostRows     = 24
	mostMistakes = 12
)

// otherName is the row and column of all classes that have none.
const otherName = "all others"

// matrixView is a confusion matrix as the page draws it.
type matrixView struct {
	// Left and Top are the room for names, Cell the size of a cell. To the
	// right there is room for the names that lean out.
	Left, Top, Cell, Right, Width, Height int
	Rows, Columns                         []headView
	Cells                                 []cellView
	Mistakes                              []mistakeView
	// Hidden counts the classes that share a row, which is row others; a class
	// may have the same name.
	Hidden, others int
}

// headView is the name of a row or column, in full and as there is room.
type headView struct {
	At          int
	Name, Short string
}

// cellView is a cell that is not zero.
type cellView struct {
	X, Y    int
	Opacity string // of its colour: the part of its row
	Right   bool
	Strong  bool // the colour is so strong that the number has to be light
	Number  string
	Title   string
}

// mistakeView is a kind of mistake: what was taken for what.
type mistakeView struct {
	Truth, Predicted   string
	NotThere, NotFound bool
	Count              int
	Part               float64 // of the truths of the class; −1 where there are none
}

func viewMatrix(m *Matrix) *matrixView {
	if len(m.Cells) == 0 {
		return nil
	}
	names, place, hidden := m.rows()
	v := &matrixView{Left: 150, Top: 128, Cell: 30, Hidden: hidden, others: -1}
	if hidden > 0 {
		v.others = mostRows
	}
	v.Right = v.Left + len(names)*v.Cell
	v.Width, v.Height = v.Right+60, v.Top+len(names)*v.Cell+1
	for i, name := range names {
		v.Rows = append(v.Rows, headView{v.Top + i*v.Cell, name, shortened(name)})
		v.Columns = append(v.Columns, headView{v.Left + i*v.Cell, name, shortened(name)})
	}
	counts := make([][]int, len(names))
	for i := range counts {
		counts[i] = make([]int, len(names))
	}
	inner := 0 // mistakes among the classes that share a row
	for _, c := range m.Cells {
		t, p := place[c.Truth], place[c.Predicted]
		counts[t][p] += c.Count
		if t == p && c.Truth != c.Predicted {
			inner += c.Count
		}
	}
	for i, row := range counts {
		v.addRow(i, row, names, inner)
	}
	v.Mistakes = m.mistakes()
	return v
}

// rows chooses the rows, which are also the columns: all classes if they are
// few, else those with most mistakes and one for all others. It returns the
// row of each class.
func (m *Matrix) rows() (names []string, place []int, hidden int) {
	place = make([]int, len(m.Names))
	classes := len(m.Names)
	if m.Background {
		classes--
	}
	chosen := m.worst(classes)
	hidden = classes - len(chosen)
	if hidden > 0 {
		for i := range classes {
			place[i] = len(chosen)
		}
	}
	for _, c := range chosen {
		place[c] = len(names)
		names = append(names, m.Names[c])
	}
	if hidden > 0 {
		names = append(names, otherName)
	}
	if m.Background {
		place[classes] = len(names)
		names = append(names, m.Names[classes])
	}
	return names, place, hidden
}

// worst returns the classes that get a row, in their order.
func (m *Matrix) worst(classes int) []int {
	mistakes, order := make([]int, len(m.Names)), make([]int, classes)
	for i := range order {
		order[i] = i
	}
	if classes <= mostRows+1 { // one more costs no more than a row for all others
		return order
	}
	for _, c := range m.Cells {
		if c.Truth != c.Predicted {
			mistakes[c.Truth] += c.Count
			mistakes[c.Predicted] += c.Count
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(mistakes[b], mistakes[a]) })
	order = order[:mostRows]
	slices.Sort(order)
	return order
}

// addRow adds the cells of a row that are not zero.
func (v *matrixView) addRow(row int, counts []int, names []string, inner int) {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	for i, n := range counts {
		if n == 0 {
			continue
		}
		part := float64(n) / float64(sum)
		c := cellView{
			X: v.Left + i*v.Cell, Y: v.Top + row*v.Cell, Right: i == row, Number: compact(n),
			Opacity: short(0.06 + 0.94*math.Sqrt(part)), Strong: part > 0.3,
			Title: fmt.Sprintf("%s taken for %s: %d (%.1f %%)", names[row], names[i], n, 100*part),
		}
		if i == row {
			c.Title = fmt.Sprintf("%s: %d right (%.1f %%)", names[row], n, 100*part)
			if row == v.others {
				c.Title = fmt.Sprintf("%s: %d, %d of them taken for another of these", names[row], n, inner)
			}
		}
		v.Cells = append(v.Cells, c)
	}
}

// mistakes lists the most frequent ones.
func (m *Matrix) mistakes() (views []mistakeView) {
	truths := make([]int, len(m.Names))
	var wrong []metrics.Cell
	for _, c := range m.Cells {
		truths[c.Truth] += c.Count
		if c.Truth != c.Predicted {
			wrong = append(wrong, c)
		}
	}
	slices.SortStableFunc(wrong, func(a, b metrics.Cell) int { return cmp.Compare(b.Count, a.Count) })
	last := len(m.Names) - 1
	for _, c := range wrong[:min(len(wrong), mostMistakes)] {
		view := mistakeView{Truth: m.Names[c.Truth], Predicted: m.Names[c.Predicted], Count: c.Count, Part: -1}
		view.NotThere, view.NotFound = m.Background && c.Truth == last, m.Background && c.Predicted == last
		if !view.NotThere {
			view.Part = float64(c.Count) / float64(truths[c.Truth])
		}
		views = append(views, view)
	}
	return views
}

// shortened is a name as there is room beside a matrix.
func shortened(name string) string {
	const most = 19
	if r := []rune(name); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return name
}

// compact writes a number in four characters.
func compact(n int) string {
	switch {
	case n < 10_000:
		return strconv.Itoa(n)
	case n < 1_000_000:
		return strconv.Itoa(n/1000) + "k"
	}
	return strconv.Itoa(n/1_000_000) + "M"
}

package text

import (
	"slices"
	"strconv"
	"strings"

	"datum/events"
	"datum/formats"
	"datum/internal/suggest"
)

// usual are the names that columns usually have, the likeliest first, without what
// is no letter or digit.
var usual = struct{ user, item, category, time, value []string }{
	user:     []string{"user", "userid", "uid", "reviewerid", "customerid", "customer", "visitorid", "memberid", "sessionid", "session"},
	item:     []string{"item", "itemid", "iid", "mid", "asin", "parentasin", "movieid", "movie", "productid", "product", "goodsid", "adgroupid", "videoid", "articleid", "newsid", "trackid", "bookid", "businessid", "adid"},
	category: []string{"category", "categories", "cat", "catid", "cateid", "cate", "categoryid", "itemcategory", "class", "genre", "genres"},
	time:     []string{"time", "timestamp", "ts", "unixreviewtime", "timems", "timestamps", "eventtime", "datetime", "date", "reviewtime", "createdat"},
	value:    []string{"value", "rating", "label", "click", "clk", "clicked", "isclick", "overall", "score", "stars"},
}

// plainName is a column's name without case and without what is no letter or digit.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0x80 {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

// layout says at which index the columns of a table lie, -1 where there is none.
type layout struct {
	user, item, category, time, value int
	// width is how many there are.
	width int
	// bare says that there is no line of names.
	bare bool
}

// none is the layout of no columns.
func none() layout { return layout{user: -1, item: -1, category: -1, time: -1, value: -1} }

// column is one that is looked for.
type column struct {
	option string // of the command
	named  string // by whoever calls
	usual  []string
	at     *int
}

func (l *layout) wanted(c *events.Columns) []column {
	return []column{
		{"user", c.User, usual.user, &l.user},
		{"item", c.Item, usual.item, &l.item},
		{"category", c.Category, usual.category, &l.category},
		{"time", c.Time, usual.time, &l.time},
		{"value", c.Value, usual.value, &l.value},
	}
}

// newLayout finds the columns by their names.
func newLayout(names []string, c *events.Columns) (layout, error) {
	l := none()
	l.width = len(names)
	if l.bare = numbered(c); l.bare {
		return l, l.byNumber(c, len(names))
	}
	for _, w := range l.wanted(c) {
		if w.named == NoColumn {
			continue
		}
		if *w.at = find(names, w.named, w.usual); *w.at < 0 && w.named != "" {
			return l, missing(names, w)
		}
	}
	return l, nil
}

// newItemLayout finds the columns of a table of items, of which there are two.
func newItemLayout(names []string, c *events.Columns) (layout, error) {
	l, err := newLayout(names, &events.Columns{User: NoColumn, Item: c.Item, Category: c.Category, Time: NoColumn, Value: NoColumn})
	if err == nil && l.item < 0 {
		err = missing(names, l.wanted(c)[1])
	}
	return l, err
}

// need makes an error of columns that events cannot do without.
func (l *layout) need(names []string, c *events.Columns) error {
	for _, w := range l.wanted(c)[:2] {
		if *w.at < 0 {
			return missing(names, w)
		}
	}
	if l.time < 0 && c.Time != NoColumn {
		err := corrupt("there is no column of times among %s", listed(names))
		return formats.WithHint(err, "name it with --time, or take the order of the lines with --time %s", NoColumn)
	}
	return nil
}

func find(names []string, named string, usual []string) int {
	if named != "" {
		if i := slices.Index(names, named); i >= 0 {
			return i
		}
		return slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, named) })
	}
	for _, u := range usual {
		if i := slices.IndexFunc(names, func(n string) bool { return plainName(n) == u }); i >= 0 {
			return i
		}
	}
	return -1
}

func missing(names []string, w column) error {
	if w.named == "" {
		err := corrupt("no column of %ss was found among %s", w.option, listed(names))
		return formats.WithHint(err, "name it with --%s", w.option)
	}
	err := corrupt("there is no column %s; there are %s", shown([]byte(w.named)), listed(names))
	if near := suggest.Nearest(w.named, names); near != "" {
		return formats.WithHint(err, "did you mean --%s %s?", w.option, near)
	}
	return formats.WithHint(err, "name one of them with --%s", w.option)
}

// listed is a list for people, not longer than they read.
func listed(names []string) string {
	const most = 30
	var out []string
	for i, n := range names {
		if i == most {
			out = append(out, "…")
			break
		}
		out = append(out, bare(n))
	}
	return strings.Join(out, ", ")
}

// numbered reports whether the columns are given by numbers.
func numbered(c *events.Columns) bool {
	given := 0
	for _, s := range []string{c.User, c.Item, c.Category, c.Time, c.Value} {
		if s == "" || s == NoColumn {
			continue
		}
		if _, err := strconv.ParseUint(s, 10, 16); err != nil {
			return false
		}
		given++
	}
	return given > 0
}

// byNumber takes the columns by their numbers, and looks for no others.
func (l *layout) byNumber(c *events.Columns, width int) error {
	for _, w := range l.wanted(c) {
		if w.named == "" || w.named == NoColumn {
			continue
		}
		n, _ := strconv.Atoi(w.named)
		if n < 1 || n > width {
			return formats.WithHint(corrupt("there is no column %d, there are %d", n, width), "columns are counted from 1")
		}
		*w.at = n - 1
	}
	return nil
}

// event takes an event of a row.
func (l *layout) event(at line, fields [][]byte, b *batch) error {
	if len(fields) != l.width {
		return corrupt("%d fields, and there are %d columns", len(fields), l.width)
	}
	value, when := 1.0, int64(0)
	var err error
	if l.value >= 0 {
		if value, err = parseValue(fields[l.value]); err != nil {
			return err
		}
	}
	if l.time >= 0 {
		if when, err = b.time(fields[l.time]); err != nil {
			return err
		}
	}
	var category []byte
	if l.category >= 0 {
		category = fields[l.category]
	}
	b.record(at, fields[l.user], fields[l.item], category, when, value)
	return nil
}

// time reads a time, and counts what it loses.
func (b *batch) time(field []byte) (int64, error) {
	t, exact, err := parseTime(field)
	if err == nil && !exact {
		b.loss.Add("fractions of times dropped", string(field), 1)
	}
	return t, err
}

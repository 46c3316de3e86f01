package serve

import (
	"math"
	"strconv"
)

// An id is a name or a number.
type id struct {
	name   []byte
	number uint64
	named  bool
}

func named(name []byte) id         { return id{name: name, named: true} }
func numbered(n uint64) id         { return id{number: n} }
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// A request is the rows of a request, whichever protocol it comes by. They are read one
// after the other: [request.begin], what is in the row, [request.end].
type request struct {
	vocabulary Vocabulary
	sizes      Sizes
	limits     Limits
	longest    int // history that counts
	rows       []Row
	unknown    Unknown
	shortened  uint32
	has        struct{ user, item, category bool } // the row that is read
}

// begin begins a row.
func (r *request) begin() error {
	if len(r.rows) >= r.limits.Rows {
		return invalid("rows", "there are more than %d", r.limits.Rows)
	}
	r.rows = append(r.rows, Row{})
	r.has = struct{ user, item, category bool }{}
	return nil
}

func (r *request) row() *Row { return &r.rows[len(r.rows)-1] }

// field names a field of the row that is read.
func (r *request) field(name string) string { return at("rows", len(r.rows)-1) + "." + name }

// number returns the number that an id stands for, below size.
func (r *request) number(i id, size uint32, look func([]byte) uint32, unknown *uint32) (uint32, string) {
	n := i.number
	switch {
	case i.named && len(i.name) == 0:
		return 0, "the name is empty"
	case i.named:
		n = uint64(look(i.name))
	case n >= uint64(size):
		return 0, "the model has the numbers from 0 to " + strconv.FormatUint(uint64(size)-1, 10)
	}
	if n == 0 {
		*unknown++
	}
	return uint32(n), ""
}

// value returns the number that the user, the item or the category of the row has.
func (r *request) value(field string, i id, size uint32, look func([]byte) uint32, unknown *uint32) (uint32, error) {
	n, wrong := r.number(i, size, look, unknown)
	if wrong != "" {
		return 0, invalid(r.field(field), "%s", wrong)
	}
	return n, nil
}

func (r *request) user(i id) (err error) {
	r.has.user = true
	r.row().User, err = r.value("user", i, r.sizes.Users, r.vocabulary.User, &r.unknown.Users)
	return err
}

func (r *request) item(i id) (err error) {
	r.has.item = true
	r.row().Item, err = r.value("item", i, r.sizes.Items, r.vocabulary.Item, &r.unknown.Items)
	return err
}

func (r *request) category(i id) (err error) {
	r.has.category = true
	r.row().Category, err = r.value("category", i, r.sizes.Categories, r.vocabulary.Category, &r.unknown.Categories)
	return err
}

// event adds an item to the history.
func (r *request) event(i id) error {
	row := r.row()
	if len(row.History) >= r.limits.History {
		return invalid(r.field("history"), "it has more than %d items", r.limits.History)
	}
	n, wrong := r.number(i, r.sizes.Items, r.vocabulary.Item, &r.unknown.Items)
	if wrong != "" {
		return invalid(at(r.field("history"), len(row.History)), "%s", wrong)
	}
	row.History = append(row.History, n)
	return nil
}

// end ends a row.
func (r *request) end() error {
	row := r.row()
	if !r.has.item {
		return invalid(r.field("item"), "it is missing")
	}
	if !r.has.user {
		r.unknown.Users++
	}
	if !r.has.category {
		if row.Category = r.vocabulary.CategoryOf(row.Item); row.Category == 0 {
			r.unknown.Categories++
		}
	}
	if over := len(row.History) - r.longest; over > 0 {
		// The last ones count, and the memory of the others is given back.
		row.History = append(make([]uint32, 0, r.longest), row.History[over:]...)
		r.shortened++
	}
	return nil
}

// done ends the request.
func (r *request) done() error {
	if len(r.rows) == 0 {
		return invalid("rows", "there are none")
	}
	return nil
}

// answer is what the request is told of its rows.
func (r *request) answer(probabilities []float32) (*Answer, error) {
	for _, p := range probabilities {
		if v := float64(p); math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errNotFinite
		}
	}
	return &Answer{probabilities, r.unknown, r.shortened}, nil
}

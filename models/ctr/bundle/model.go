package bundle

import (
	"errors"
	"fmt"
	"math"

	"datum/models/ctr"
	"datum/train/parameters"
)

// ErrModel is wrapped where a model cannot be what it says it is.
var ErrModel = errors.New("not a click-through model")

// A Model is all that a prediction needs, and what it was trained with.
type Model struct {
	Config   ctr.Config
	Protocol Protocol
	Training Training
	// Pseudonyms says that names of users and items are keyed hashes of the real ones.
	Pseudonyms bool
	// Users, Items and Categories are the names of numbers; Category is that of each item.
	Users, Items, Categories *Names
	Category                 []uint32
	Tables                   Tables
	Values                   parameters.Values

	network *ctr.Network
}

// Protocol says what was a click, and how long the history was that it was told from.
type Protocol struct {
	// Name is neg, where items that were not clicked were drawn at random, or rate,
	// where Positive says what was one.
	Name     string `json:"name"`
	Positive string `json:"positive,omitempty"`
	// MaxHistory is how many events of a history count, the last ones.
	MaxHistory int `json:"max_history"`
	Negatives  int `json:"negatives,omitempty"` // of each click
	// Share of the rows of a user is the test, under rate.
	Share float64 `json:"share,omitempty"`
}

// Training is where a model comes from.
type Training struct {
	Seed   uint64 `json:"seed"`
	Epoch  int    `json:"epoch"`
	Steps  uint64 `json:"steps"`
	Events int64  `json:"events"`
	// Figures are those of the validation.
	Figures map[string]float64 `json:"figures,omitempty"`
}

// Tables are rows of embeddings, one for each number from 0 on.
type Tables struct{ User, Item, Category []float32 }

// Limits of a model: more than makes sense.
const (
	mostHistory   = 1 << 14
	mostNegatives = 1 << 10
	mostNumbers   = 1 << 31
)

// Network is the network that Values are the parameters of.
func (m *Model) Network() *ctr.Network { return m.network }

// Check makes the network, and looks whether everything fits together. Read has done so.
func (m *Model) Check() error {
	n, err := ctr.New(m.Config)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrModel, err)
	}
	if err := m.Protocol.check(); err != nil {
		return err
	}
	if err := n.Parameters().Check(m.Values); err != nil {
		return fmt.Errorf("%w: %w", ErrModel, err)
	}
	if m.Users == nil || m.Items == nil || m.Categories == nil {
		return fmt.Errorf("%w: it has no names", ErrModel)
	}
	if len(m.Category) != m.Items.Len() {
		return fmt.Errorf("%w: there are %d categories of %d items", ErrModel, len(m.Category), m.Items.Len())
	}
	for i, c := range m.Category {
		if int64(c) >= int64(m.Categories.Len()) {
			return fmt.Errorf("%w: item %d is of category %d, and there are %d", ErrModel, i, c, m.Categories.Len()-1)
		}
	}
	for _, t := range m.tables() {
		if err := t.check(n.Embedding); err != nil {
			return err
		}
	}
	m.Config, m.network = n.Config, n
	return nil
}

func (p *Protocol) check() error {
	if p.MaxHistory < 1 || p.MaxHistory > mostHistory || p.Negatives < 0 || p.Negatives > mostNegatives {
		return fmt.Errorf("%w: histories of %d and %d negatives", ErrModel, p.MaxHistory, p.Negatives)
	}
	return nil
}

// A table is one of Tables with its names.
type table struct {
	what  string
	names *Names
	rows  *[]float32
}

func (m *Model) tables() []table {
	return []table{{"users", m.Users, &m.Tables.User}, {"items", m.Items, &m.Tables.Item}, {"categories", m.Categories, &m.Tables.Category}}
}

func (t *table) check(width int) error {
	if want := t.names.Len() * width; len(*t.rows) != want {
		return fmt.Errorf("%w: the table of %s has %d numbers instead of %d", ErrModel, t.what, len(*t.rows), want)
	}
	for i, v := range *t.rows {
		if d := float64(v); math.IsNaN(d) || math.IsInf(d, 0) {
			return fmt.Errorf("%w: in the table of %s, row %d has the number %v", ErrModel, t.what, i/width, v)
		}
	}
	return nil
}

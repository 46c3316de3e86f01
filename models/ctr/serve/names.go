package serve

import "datum/models/ctr/bundle"

// names are those of a trained model.
type names struct{ *bundle.Model }

// Names is the vocabulary of a trained model.
func Names(m *bundle.Model) Vocabulary { return names{m} }

func (n names) User(name []byte) uint32       { return n.Users.Number(string(name)) }
func (n names) Item(name []byte) uint32       { return n.Items.Number(string(name)) }
func (n names) Category(name []byte) uint32   { return n.Categories.Number(string(name)) }
func (n names) CategoryOf(item uint32) uint32 { return n.Model.Category[item] }

func (n names) Sizes() Sizes {
	return Sizes{uint32(n.Users.Len()), uint32(n.Items.Len()), uint32(n.Categories.Len())}
}

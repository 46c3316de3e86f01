// Package formats is the contract between datum and the dataset formats: what
// a format can do ([Format]), how it is read ([Importer]) and written
// ([Exporter]), how it says what it could not hold ([Loss]) and where a record
// is wrong ([Error]).
//
// A format lives in a package of its own below this one and knows no other
// format. Package all puts them into a [Registry]; package formatstest is the
// suite that each of them passes.
package formats

// Package bundle is a trained click-through model as one file: which network it is,
// what the numbers of users, items and categories stand for, the tables of embeddings,
// the weights with the statistics that training has frozen, and what a history is to
// be like.
//
// It is one of the kinds of models of package modelfile, so a sealed one lies under the
// key as any model does, and datum model encrypts, decrypts and rekeys it. That matters
// here: names are names of people, and tables have memorised what these did.
//
// A file is, all numbers little-endian:
//
//	"datum click model 1\n"
//	length of the head, u32, and the head, JSON
//	names of users, items, categories: for each its length as a varint, and its bytes
//	the category of each item, u32, from number 0 on
//	tables of users, items, categories: rows of float32, from number 0 on
//	the network's parameters, float32, in their order
//	CRC-32C of all that comes before, u32
//
// Numbers are from 1 on. 0 is what is not known: it has no name, and a row in each table.
package bundle

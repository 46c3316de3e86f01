// Package events keeps logs of behaviour: which user had to do with which item,
// and when. They are what models of click-through rates are trained on.
//
// A log is no dataset of items in the sense of package dataset: an event is
// twenty bytes, has no media and no annotations, and there are a thousand times
// as many of them. So a log is one file of its own, columns in chunks, and
// whoever reads it gets slices of numbers.
//
// Each event is stored once, sorted by user, time, and the order in which the
// source had it. Users, items and categories are dense numbers from 1 by falling
// frequency, names decide among equals; 0 is what is not known. A category belongs
// to an item, not to an event. docs/events.md shows every byte.
//
// Under a key the file is sealed (crypto/sealed, purpose "events"), which binds
// every piece to its file, its place and the length of the whole. Without one
// there are checksums, which tell accidents, not attacks.
//
// Memory grows with the names and with the longest history, not with the number
// of events: what is being sorted goes to disk, sealed under a key that the
// process forgets.
package events

// Package xmltext reads and writes the XML of annotation files.
//
// What it reads is hostile. A [Scanner] goes through a file of any size and
// holds one token of it, whose size is bounded, as is the depth of elements in
// each other. There are no document types and so no entities but XML's own
// five: a small file cannot grow into a large one. Every token knows its offset
// in the file, for messages with a line and for coming back to a piece of it
// ([Of]). Text is UTF-8; files in UTF-16 or ISO-8859-1 are turned into that by
// [UTF8].
//
// Checks that cost time are left to who wants the content: a tag is split into
// attributes by [Token.Attribs], and references are replaced by [Unescape] and
// [Token.Content]. A small part of a file can be held as a tree of [Node].
package xmltext

// Package text reads behaviour logs from the text files in which they are kept
// elsewhere, and writes them so that people can leave.
//
// A source is read in blocks of whole lines, which are parsed on several goroutines
// and handed on in order: memory does not grow with the file, and the result does
// not depend on how many goroutines there are. What stands in a file is hostile:
// lines, fields and what lies in each other are bounded, an error names file and
// line.
//
// Values and times stay what they are. Which events are good ones, as in "rating
// of at least 4", is for whoever trains to say; a log of impressions keeps those
// that nobody clicked, with the value 0. What a log has no place for is counted.
//
// docs/events-formats.md describes the formats.
package text

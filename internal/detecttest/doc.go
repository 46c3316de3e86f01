// Package detecttest is a list of folders, each with the one right answer to
// the question which format it holds: folders as people have them, and such as
// other tools take for something else. It is for tests, and for comparisons
// with other tools.
package detecttest

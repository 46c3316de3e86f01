// Package optimize makes models of others faster, and makes sure that they still compute
// the same: what comes out is run beside what went in, on inputs of several sizes that
// are made up for it, and is refused where it differs.
package optimize

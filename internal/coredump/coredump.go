// Package coredump keeps the memory of the process, where keys are, out of core
// dumps and out of the reach of other processes of the same user.
package coredump

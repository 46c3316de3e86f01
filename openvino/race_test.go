//go:build race

package openvino_test

// withRace says that the race detector watches. It keeps a few bytes of each deferred call
// until its goroutine ends, so that memory grows with the time.
const withRace = true

// Package peertest compares datum with the programs that it must agree with:
// Datumaro 1.11.1, the last release that encrypts, Datumaro 1.13.12, the last
// one that there is, and pycocotools. Only tests use it.
//
// The peers are virtual environments in a folder that python/prepare.py makes
// and the environment variable DATUM_PEERS names; "make test" does both.
// Without the variable every comparison is skipped, and says so.
//
// Both sides are brought into one form, a [Dump]: the peers' by
// python/dump.py. [Compare] counts what was compared and lists every
// difference. Datumaro keeps coordinates in float32 with two decimals, so
// that is the precision of a comparison with it; that nothing is lost in our
// own round trips is for other tests to show.
package peertest

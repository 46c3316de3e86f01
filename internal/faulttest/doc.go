// Package faulttest breaks what datum stands on, and looks what is left. It runs
// the real program, as it is built, on small datasets.
//
// The promise: whatever happens, the output is either what was there before or
// the whole new dataset, never something between them; a program that says that
// it is done has brought everything to the disk; the next run works as if nothing
// had happened, and clears away what a killed one left. What is to be encrypted
// lies nowhere in plain, not even for a moment.
//
// The faults:
//
//   - kill -9 at each system call that changes a file, and at random moments
//     (killed_test.go);
//   - each system call on files fails, one after the other: the first, the
//     second, every one that the program makes (failing_test.go);
//   - a full disk, at many sizes, and a disk that is read-only, files larger
//     than the system allows, reads that return a few bytes (disk_test.go);
//   - interruptions by Ctrl-C, once and twice, and two processes that write the
//     same output (interrupted_test.go);
//   - a clock that goes back (clock_test.go);
//   - runs that are killed again and again and go on with --resume
//     (resumed_test.go).
//
// The tests of system calls need strace, which makes them fail on purpose; where
// it is missing they are skipped and say so. DATUM_FAULTS=1 tries everything and
// takes minutes; without it each test tries a part, another one each day.
package faulttest

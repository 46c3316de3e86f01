package peertest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// server is a running python/serve.py of one peer: starting Python with
// Datumaro takes a second, most requests much less.
type server struct {
	mu     sync.Mutex
	cmd    *exec.Cmd
	in     io.Writer
	out    *bufio.Reader
	stderr bytes.Buffer
}

// servers are those that run, by their interpreter. They end with the tests,
// which close their input.
var servers = struct {
	mu  sync.Mutex
	all map[string]*server
}{all: map[string]*server{}}

// Run runs one of the scripts in python/, by its name without extension, with
// a peer's interpreter and returns what it prints; the test ends if it fails.
func Run(t testing.TB, peer, script string, args ...string) []byte {
	t.Helper()
	s, err := serverOf(Python(t, peer), filepath.Join(Root(t), "internal", "peertest", "python", "serve.py"))
	if err != nil {
		t.Fatalf("%s: %v", peer, err)
	}
	out, err := s.ask(script, args)
	if err != nil {
		t.Fatalf("%s %s %q: %v", peer, script, args, err)
	}
	return out
}

func serverOf(python, script string) (*server, error) {
	servers.mu.Lock()
	defer servers.mu.Unlock()
	if s := servers.all[python]; s != nil {
		return s, nil
	}
	s := &server{cmd: exec.Command(python, script)}
	s.cmd.Env = environment()
	s.cmd.Stderr = &s.stderr
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.in, s.out = in, bufio.NewReader(out)
	servers.all[python] = s
	return s, s.cmd.Start()
}

func (s *server) ask(script string, args []string) ([]byte, error) {
	request, err := json.Marshal(map[string]any{"script": script, "args": args})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.in.Write(append(request, '\n')); err != nil {
		return nil, s.ended(err)
	}
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		return nil, s.ended(err)
	}
	var answer struct{ Output, Error string }
	if err := json.Unmarshal(line, &answer); err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("it failed:\n%s", tail(answer.Error, 30))
	}
	return []byte(answer.Output), nil
}

// ended says how the program ended, after err in talking to it.
func (s *server) ended(err error) error {
	return fmt.Errorf("%w: %w\n%s", err, s.cmd.Wait(), tail(s.stderr.String(), 30))
}

package commands

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"datum/formats"
	"datum/internal/ui"
)

// Tests of the mask that the process makes files with do not run beside others.
func TestListen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	first, err := listen(path)
	if err != nil {
		t.Fatal(err)
	}
	if st, err := os.Lstat(path); err != nil || st.Mode() != os.ModeSocket|0o600 {
		t.Errorf("the socket: %v, %v", st.Mode(), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("beside the socket: %v, %v", entries, err)
	}
	if _, err := listen(path); !errors.Is(err, formats.ErrExists) {
		t.Errorf("a second one: %v", err)
	}
	if err := os.WriteFile(path+"file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := listen(path + "file"); !errors.Is(err, formats.ErrExists) {
		t.Errorf("a file that is no socket: %v", err)
	}
	// Somebody removes the socket, and another process listens under its name.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	second, err := listen(path)
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("who ends removes the socket of another: %v", err)
	}
	// A process that was killed leaves its socket.
	second.(*namedListener).UnixListener.Close()
	third, err := listen(path)
	if err != nil {
		t.Fatalf("a socket that nobody listens on makes no room: %v", err)
	}
	third.Close()
	if _, err := os.Lstat(path); err == nil {
		t.Error("the socket is still there")
	}
}

func TestListenWhereThereIsNoSocket(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("d", 100))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]error{filepath.Join(long, "s"): syscall.EINVAL, "/nowhere/s": syscall.ENOENT} {
		_, err := listen(path)
		if !errors.Is(err, want) || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

// full is a listener that has no room for a connection a few times.
type full struct {
	net.Listener
	times int
	end   error
}

func (f *full) Accept() (net.Conn, error) {
	if f.times--; f.times >= 0 {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return nil, f.end
}

// Too many connections are no reason to end those that there are.
func TestConnectionsWaitForRoom(t *testing.T) {
	t.Parallel()
	end := errors.New("the end")
	s := &streaming{app: &app{Printer: ui.NewText(ui.Options{Stdout: io.Discard, Stderr: io.Discard})}}
	if _, err := s.accept(t.Context(), &full{times: 2, end: end}); err != end {
		t.Errorf("it ends with %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.accept(ctx, &full{times: 1 << 40, end: end}); !errors.Is(err, syscall.EMFILE) {
		t.Errorf("after an interruption it ends with %v", err)
	}
}

// Who does not read keeps the program from ending no longer than it is wanted.
func TestPipeThatNobodyReads(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	out := &leaving{ctx, w}
	if n, err := out.Write([]byte("abc")); n != 3 || err != nil {
		t.Errorf("%d bytes were written: %v", n, err)
	}
	if _, err := out.Write(make([]byte, 1<<20)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ends with %v", err)
	}
}

package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"datum"
	"datum/formats"
)

// serve listens on a Unix socket and writes the stream to everyone who
// connects, at the same time, until ctx ends. A dataset belongs to one reader,
// so each connection opens it anew.
func (s *streaming) serve(ctx context.Context, m *datum.Found, path string) error {
	if in, _ := inputPath(s.c); in == datum.Stdin {
		return usagef(s.c, "an archive on standard input can be read once; a socket needs one that can be opened again")
	}
	// What is wrong with the dataset is said before anybody waits for it.
	ds, err := m.Open(ctx, s.read.ImportOptions)
	if err != nil {
		return err
	}
	if err := errors.Join(s.load.Check(ds.Info()), ds.Close()); err != nil {
		return err
	}
	l, err := listen(path)
	if err != nil {
		return err
	}
	s.Note("listening on %s", path)
	stop := context.AfterFunc(ctx, func() { l.Close() }) // which removes the socket
	defer stop()
	defer l.Close()
	var connections sync.WaitGroup
	defer connections.Wait()
	for n := 0; ; n++ {
		conn, err := s.accept(ctx, l)
		if ctx.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return s.ended(n)
		}
		if err != nil {
			return err
		}
		connections.Go(func() { s.connection(ctx, conn, n) })
	}
}

// accept waits for the next connection. A machine that has no room for one more
// now, as when too many are open, has it when one of the others ends.
func (s *streaming) accept(ctx context.Context, l net.Listener) (net.Conn, error) {
	for told := false; ; told = true {
		conn, err := l.Accept()
		if err == nil || ctx.Err() != nil || !passes(err) {
			return conn, err
		}
		if !told {
			s.Warn("a connection has to wait: %v", err)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// passes reports whether what keeps a connection out is a lack that passes.
func passes(err error) bool {
	for _, lack := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, lack) {
			return true
		}
	}
	return false
}

// connection writes the whole stream to connection n. What goes wrong is told,
// and cuts the stream off before its end, which whoever reads it notices.
func (s *streaming) connection(ctx context.Context, conn net.Conn, n int) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	err := s.anew(ctx, conn, n)
	switch {
	case err == nil:
		s.Detail("connection %d has the whole stream", n)
	case wentAway(err), ctx.Err() != nil:
		s.Detail("connection %d was closed early", n)
	default:
		s.Warn("connection %d: %v", n, err)
	}
}

func (s *streaming) anew(ctx context.Context, conn net.Conn, n int) error {
	in, err := inputPath(s.c)
	if err != nil {
		return err
	}
	read := s.read
	if read.Format == "" {
		in, read.Format = s.splitFormat(in)
	}
	m, err := datum.Find(ctx, in, read)
	if err != nil {
		return err
	}
	defer m.Close()
	o := s.load
	o.Seed += uint64(n)
	_, err = s.write(ctx, m, conn, o)
	return err
}

// listen makes a socket that nobody else can open. One that nobody listens on any
// more, as a killed process leaves it, makes room.
func listen(path string) (net.Listener, error) {
	st, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case st.Mode()&os.ModeSocket == 0 || answers(path):
		return nil, formats.Reason(formats.ErrExists, "%s exists already", path)
	default:
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	return listenUnder(path)
}

// listenUnder gives the socket its name when somebody listens already: whoever
// sees it can connect, and of two processes one gets the name.
func listenUnder(path string) (net.Listener, error) {
	begun := filepath.Join(filepath.Dir(path), "."+strconv.FormatUint(rand.Uint64(), 36))
	before := syscall.Umask(0o177) // a socket has its mode from its first moment on
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: begun, Net: "unix"})
	syscall.Umask(before)
	if err != nil {
		return nil, cannotListen(path, err)
	}
	defer os.Remove(begun)
	l.SetUnlinkOnClose(false)
	if err := os.Link(begun, path); err != nil {
		l.Close()
		if errors.Is(err, fs.ErrExist) {
			err = formats.Reason(formats.ErrExists, "%s exists already", path)
		}
		return nil, err
	}
	own, err := os.Lstat(begun)
	if err != nil {
		return nil, errors.Join(err, l.Close(), os.Remove(path))
	}
	return &namedListener{UnixListener: l, path: path, own: own}, nil
}

// cannotListen names the path that was asked for, and not the one that is tried.
func cannotListen(path string, err error) error {
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call.Err
	}
	err = fmt.Errorf("%s: %w", path, err)
	if errors.Is(err, syscall.EINVAL) {
		return formats.WithHint(err, "the system takes about 100 bytes for the path of a socket, and its folder needs to have room for a name of 15 in that; a path from the current folder is shorter")
	}
	return err
}

// namedListener removes the name of its socket when it is closed, unless
// somebody else's socket has that name by now.
type namedListener struct {
	*net.UnixListener
	path string
	own  os.FileInfo
	once sync.Once
}

func (l *namedListener) Close() error {
	l.once.Do(func() {
		if now, err := os.Lstat(l.path); err == nil && os.SameFile(now, l.own) {
			os.Remove(l.path)
		}
	})
	return l.UnixListener.Close()
}

func answers(path string) bool {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return !errors.Is(err, syscall.ECONNREFUSED)
	}
	conn.Close()
	return true
}

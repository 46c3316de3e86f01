package serve

import (
	"context"
	"fmt"
	"net"
	"strings"
)

// An Address is where a server listens.
type Address struct {
	// Socket is the path of a Unix socket, Port a host and a port where it is "".
	Socket, Port string
	// Remote says that others than this machine reach it.
	Remote bool
	// Hosts are the names by which a browser on this machine reaches it; nil of a socket,
	// and of one that others reach.
	Hosts []string
}

// ParseAddress reads unix:PATH or HOST:PORT.
func ParseAddress(ctx context.Context, text string) (*Address, error) {
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		if path == "" {
			return nil, fmt.Errorf("%w: unix: is followed by the path of a socket", ErrOptions)
		}
		return &Address{Socket: path}, nil
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is neither HOST:PORT nor unix:PATH", ErrOptions, text)
	}
	if _, err := net.DefaultResolver.LookupPort(ctx, "tcp", port); err != nil {
		return nil, fmt.Errorf("%w: %q is no port", ErrOptions, port)
	}
	a := &Address{Port: text, Remote: true}
	if host == "" { // all addresses of the machine
		return a, nil
	}
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(list) == 0 {
		return nil, fmt.Errorf("%w: nobody knows the host %q", ErrOptions, host)
	}
	// What was looked up is what is listened on: a name may mean something else later.
	first := list[0].Unmap()
	if a.Remote = !first.IsLoopback(); !a.Remote {
		a.Hosts = []string{"localhost", first.String(), "[" + first.String() + "]", host}
	}
	a.Port = net.JoinHostPort(first.String(), port)
	return a, nil
}

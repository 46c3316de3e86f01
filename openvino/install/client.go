package install

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"datum/formats"
)

// client asks servers as pip's settings say.
type client struct {
	http   *http.Client
	netrc  map[string]login
	logins map[string]login // from addresses, by origin
	stall  time.Duration    // how long a server may be silent
	pause  time.Duration    // before the first repetition; it doubles
	// arrived counts the bytes of all answers.
	arrived *int64
}

// newClient makes a client; logins are those of netrc.
func newClient(s Settings, logins map[string]login) (*client, error) {
	strict := http.DefaultTransport.(*http.Transport).Clone() // which honours HTTPS_PROXY and NO_PROXY
	if s.Proxy != "" {
		to, err := url.Parse(s.Proxy)
		if err != nil || to.Host == "" {
			return nil, errors.New("pip's option proxy is no address") // which may have a password in it
		}
		strict.Proxy = http.ProxyURL(to)
	}
	if s.Cert != "" {
		roots, err := certificates(s.Cert)
		if err != nil {
			return nil, err
		}
		strict.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	c := &client{netrc: logins, logins: map[string]login{}, stall: time.Minute, pause: time.Second, arrived: new(int64)}
	c.http = &http.Client{Transport: transport{strict, trusting(strict), s.TrustedHosts}, CheckRedirect: checkRedirect}
	return c, nil
}

// certificates reads the authorities that sign for servers. As with pip, they
// take the place of the system's.
func certificates(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the certificates that pip's option cert names: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s, which pip's option cert names, has no certificates", path)
	}
	return roots, nil
}

// transport believes some hosts whatever their certificates say, because the user
// told pip so. What comes from there is checked like everything else.
type transport struct {
	strict, trusting http.RoundTripper
	trusted          []string
}

func trusting(t *http.Transport) *http.Transport {
	t = t.Clone()
	t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	return t
}

func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if slices.Contains(t.trusted, req.URL.Host) || slices.Contains(t.trusted, req.URL.Hostname()) {
		return t.trusting.RoundTrip(req)
	}
	return t.strict.RoundTrip(req)
}

// checkRedirect follows to other hosts, which gets no login of ours, but not out
// of an encrypted connection, where the same host would get it in clear.
func checkRedirect(req *http.Request, via []*http.Request) error {
	const most = 10
	if len(via) >= most {
		return fmt.Errorf("more than %d redirections", most)
	}
	if origin(req.URL) != origin(via[0].URL) { // http looks at the host only, not at the port
		req.Header.Del("Authorization")
	}
	if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return fmt.Errorf("it redirects from https to %s", req.URL.Scheme)
	}
	return nil
}

// address reads an address. A login in it is kept apart, for its origin, so that
// it does not turn up in messages.
func (c *client) address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("%s is no address of a package index", shownText(text))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		c.logins[origin(u)] = login{u.User.Username(), password}
		u.User = nil
	}
	return u, nil
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// shown is an address for people. Queries and logins may be secrets.
func shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

func shownText(text string) string {
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		return "…" + text[i:]
	}
	return text
}

// statusError is an answer that is none of those wanted.
type statusError struct {
	url  *url.URL
	code int
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%s: the server answers %d %s", shown(e.url), e.code, http.StatusText(e.code))
}

// get asks for an address. The answer's status is one of those in want. A server
// that is silent for too long counts as gone.
func (c *client) get(ctx context.Context, u *url.URL, headers map[string]string, want ...int) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.stall, func() { cancel(fmt.Errorf("it is silent for %v", c.stall)) })
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	if l, ok := c.loginFor(u); ok {
		req.SetBasicAuth(l.name, l.password)
	}
	rs, err := c.http.Do(req)
	if err != nil {
		timer.Stop()
		err = fmt.Errorf("%s: %w", shown(u), cause(ctx, err))
		cancel(nil)
		return nil, err
	}
	rs.Body = &watched{rs.Body, ctx, timer, c, cancel}
	if !slices.Contains(want, rs.StatusCode) {
		rs.Body.Close()
		return nil, refused(u, rs.StatusCode)
	}
	return rs, nil
}

func refused(u *url.URL, code int) error {
	err := &statusError{u, code}
	if code == http.StatusUnauthorized || code == http.StatusForbidden {
		return formats.WithHint(err, "a name and a password can be given in the address of the index, or in .netrc")
	}
	return err
}

func (c *client) loginFor(u *url.URL) (login, bool) {
	if l, ok := c.logins[origin(u)]; ok {
		return l, true
	}
	if l, ok := c.netrc[strings.ToLower(u.Hostname())]; ok {
		return l, true
	}
	l, ok := c.netrc[""]
	return l, ok
}

// cause says why a request failed, without the address, which http repeats with
// all that is in it.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// watched is the body of an answer; each read has a time limit of its own.
type watched struct {
	io.ReadCloser
	ctx    context.Context
	timer  *time.Timer
	client *client
	cancel context.CancelCauseFunc
}

func (w *watched) Read(p []byte) (int, error) {
	w.timer.Reset(w.client.stall)
	n, err := w.ReadCloser.Read(p)
	*w.client.arrived += int64(n)
	if err != nil && err != io.EOF {
		err = cause(w.ctx, err)
	}
	return n, err
}

func (w *watched) Close() error {
	w.timer.Stop()
	defer w.cancel(nil)
	return w.ReadCloser.Close()
}

package install

import (
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"datum/formats"
)

func TestLoginsAreSentWhereTheyBelongAndNowhereElse(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	files := f.serve(t, nil)
	s := f.serve(t, func(s *server) { s.login, s.filesAt = "me:se%cret", files.URL })
	u, _ := url.Parse(s.index())
	home := private(t)
	write(t, filepath.Join(home, ".netrc"), []byte("machine "+u.Hostname()+" login me password se%cret\n"))
	chosen := write(t, filepath.Join(home, "other"), []byte("default login me password wrong\n"))
	withLogin := *u
	withLogin.User = url.UserPassword("me", "se%cret")
	for name, test := range map[string]struct {
		index string
		env   []string
		ok    bool
	}{
		"in the address":       {withLogin.String(), nil, true},
		"in netrc":             {s.index(), []string{"HOME", home}, true},
		"a wrong one":          {s.index(), []string{"HOME", home, "NETRC", chosen}, false},
		"the address is first": {withLogin.String(), []string{"NETRC", chosen}, true},
		"none":                 {s.index(), nil, false},
	} {
		o := f.options(private(t), test.env...)
		o.Index = test.index
		r, err := Install(t.Context(), o)
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && !strings.Contains(formats.Hint(err), ".netrc") {
			t.Errorf("%s: %v, hint %q", name, err, formats.Hint(err))
		}
		if err == nil && strings.Contains(r.Source, "se%") {
			t.Errorf("%s: the report has the password: %s", name, r.Source)
		}
	}
	for _, r := range files.requests {
		if r.Header.Get("Authorization") != "" {
			t.Error("the other server got the login")
		}
	}
}

// Whatever goes wrong, a login or a signature is in no message.
func TestMessagesHaveNoSecrets(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	gone := f.serve(t, nil)
	gone.Close()
	redirecting := f.serve(t, func(s *server) { s.filesAt = gone.URL })
	failing := f.serve(t, func(s *server) { s.fail = func(int) int { return http.StatusNotFound } })
	odd := f.serve(t, func(s *server) { s.page, s.contentType = "{%s", jsonType })
	for _, address := range []string{gone.index(), redirecting.index(), failing.index(), odd.index(), gone.URL + "/simple?token=sEcret", "://sEcret:sEcret@x", "ftp://x:sEcret@y", "http://a b:sEcret@y"} {
		o := f.options(private(t))
		o.Index = strings.Replace(address, "http://1", "http://sEcret:sEcret@1", 1)
		_, err := Install(t.Context(), o)
		if err == nil || strings.Contains(err.Error()+formats.Hint(err), "sEcret") || strings.Contains(err.Error(), "signature") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := newClient(Settings{Proxy: "sEcret"}, nil); err == nil || strings.Contains(err.Error(), "sEcret") {
		t.Errorf("%v", err)
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	s := &server{wheel: f.wheel, page: jsonPage, contentType: jsonType}
	secure := httptest.NewUnstartedServer(s)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	cert := write(t, filepath.Join(private(t), "ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}))
	u, _ := url.Parse(secure.URL)
	for name, test := range map[string]struct {
		env []string
		ok  bool
	}{
		"unknown":                 {nil, false},
		"pip's cert":              {[]string{"PIP_CERT", cert}, true},
		"a trusted host":          {[]string{"PIP_TRUSTED_HOST", "127.0.0.1"}, true},
		"a trusted host and port": {[]string{"PIP_TRUSTED_HOST", "other " + u.Host}, true},
		"another port":            {[]string{"PIP_TRUSTED_HOST", "127.0.0.1:1"}, false},
		"no such file":            {[]string{"PIP_CERT", cert + ".none"}, false},
		"a file without any":      {[]string{"PIP_CERT", write(t, filepath.Join(private(t), "x"), []byte("x"))}, false},
	} {
		o := f.options(private(t), test.env...)
		o.Index = secure.URL + "/simple"
		if _, err := Install(t.Context(), o); (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Out of the encrypted connection nothing leads.
	s.filesAt = f.serve(t, nil).URL
	o := f.options(private(t), "PIP_CERT", cert)
	o.Index = secure.URL + "/simple"
	if _, err := Install(t.Context(), o); err == nil || !strings.Contains(err.Error(), "redirects from https to http") {
		t.Errorf("%v", err)
	}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	proxy := f.serve(t, nil) // asked for a whole address, it answers like any server
	o := f.options(private(t), "PIP_PROXY", proxy.URL)
	o.Index = "http://index.invalid/simple"
	if _, err := Install(t.Context(), o); err != nil {
		t.Error(err)
	}
}

func TestSilentServer(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/half" {
			w.Header().Set("Content-Length", "10")
			w.Write([]byte("half"))
			w.(http.Flusher).Flush()
		}
		<-stop
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(stop) })
	c, err := newClient(Settings{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.stall = 20 * time.Millisecond
	for _, path := range []string{"/", "/half"} {
		u, _ := url.Parse(s.URL + path)
		err := c.save(t.Context(), u, filepath.Join(t.TempDir(), "x"), nil)
		if err == nil || !strings.Contains(err.Error(), "silent") || !passing(err) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestRedirectionsEnd(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }))
	t.Cleanup(s.Close)
	f := fakeRuntime()
	o := f.options(private(t))
	o.Index = s.URL
	if _, err := Install(t.Context(), o); err == nil || !strings.Contains(err.Error(), "redirections") {
		t.Errorf("%v", err)
	}
}

// As long as something arrives, a download goes on.
func TestPersist(t *testing.T) {
	t.Parallel()
	c := &client{pause: time.Microsecond}
	for name, test := range map[string]struct {
		arrives   bool
		failures  int
		wantCalls int
		ok        bool
	}{
		"at once":                      {false, 0, 1, true},
		"a few times":                  {false, mostFailures - 1, mostFailures, true},
		"too often":                    {false, 100, mostFailures, false},
		"very often, but it goes on":   {true, 100, 101, true},
		"as often, and it stops there": {true, 1, 2, true},
	} {
		calls := 0
		err := c.persist(t.Context(), func() (bool, error) {
			if calls++; calls > test.failures {
				return false, nil
			}
			return test.arrives, io.ErrUnexpectedEOF
		})
		if calls != test.wantCalls || (err == nil) != test.ok {
			t.Errorf("%s: %d calls, %v", name, calls, err)
		}
	}
}

// Whatever a server says that it gives, no more is believed than can be.
func TestOddRanges(t *testing.T) {
	t.Parallel()
	for span, whole := range map[string]bool{
		"bytes 0-9/10":                         false,
		"bytes 0-999999999/1000000000":         true,
		"bytes 999999000-999999999/1000000000": true,
		"bytes 0-499999/500000":                true,
		"bytes 5/10":                           true,
		"":                                     true,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", span)
			w.WriteHeader(http.StatusPartialContent)
			io.WriteString(w, "0123456789")
		}))
		t.Cleanup(s.Close)
		c, err := newClient(Settings{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.pause = time.Microsecond
		u, _ := url.Parse(s.URL)
		if _, err := openRemote(t.Context(), c, u, t.TempDir()); err == nil || errors.Is(err, errWhole) != whole {
			t.Errorf("%q: %v", span, err)
		}
	}
}

func TestPassing(t *testing.T) {
	t.Parallel()
	u := &url.URL{}
	for err, want := range map[error]bool{
		&statusError{u, 503}:                   true,
		&statusError{u, 429}:                   true,
		&statusError{u, 404}:                   false,
		&statusError{u, 501}:                   false,
		errors.New("connection reset by peer"): true,
		errWhole:                               false,
		&os.PathError{Err: os.ErrPermission}:   false,
		formats.ErrCorrupt:                     false,
	} {
		if passing(err) != want {
			t.Errorf("%v: want %v", err, want)
		}
	}
}

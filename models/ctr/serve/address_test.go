package serve

import (
	"errors"
	"slices"
	"testing"

	"datum/models/ctr"
)

func TestAddresses(t *testing.T) {
	for text, want := range map[string]Address{
		"unix:/run/a.sock":       {Socket: "/run/a.sock"},
		"unix:a:b":               {Socket: "a:b"},
		"127.0.0.1:80":           {Port: "127.0.0.1:80", Hosts: []string{"localhost", "127.0.0.1"}},
		"127.9.8.7:0":            {Port: "127.9.8.7:0", Hosts: []string{"localhost", "127.9.8.7"}},
		"[::1]:80":               {Port: "[::1]:80", Hosts: []string{"localhost", "::1", "[::1]"}},
		"[::ffff:127.0.0.1]:80":  {Port: "127.0.0.1:80", Hosts: []string{"localhost", "127.0.0.1"}},
		":80":                    {Port: ":80", Remote: true},
		"0.0.0.0:80":             {Port: "0.0.0.0:80", Remote: true},
		"[::]:80":                {Port: "[::]:80", Remote: true},
		"192.0.2.7:80":           {Port: "192.0.2.7:80", Remote: true},
		"[2001:db8::1]:80":       {Port: "[2001:db8::1]:80", Remote: true},
		"[::ffff:192.0.2.7]:443": {Port: "192.0.2.7:443", Remote: true},
	} {
		got, err := ParseAddress(t.Context(), text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got.Socket != want.Socket || got.Port != want.Port || got.Remote != want.Remote || (got.Hosts == nil) != (want.Hosts == nil) {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
		for _, h := range want.Hosts {
			if !slices.Contains(got.Hosts, h) {
				t.Errorf("%s has no name %s: %q", text, h, got.Hosts)
			}
		}
	}
	for _, text := range []string{"", "unix:", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:-1", "127.0.0.1:no-such-service", "[::1:80", "no such host:80"} {
		if a, err := ParseAddress(t.Context(), text); !errors.Is(err, ErrOptions) && text != "127.0.0.1:" {
			t.Errorf("%q: %+v, %v", text, a, err)
		}
	}
}

func TestNames(t *testing.T) {
	m := newModel(t, ctr.DNN, 2, 3)
	v := Names(m)
	if got, want := v.Sizes(), (Sizes{50, 200, 10}); got != want {
		t.Errorf("sizes %v", got)
	}
	if v.User([]byte("u7")) != 7 || v.Item([]byte("i199")) != 199 || v.Category([]byte("c9")) != 9 || v.CategoryOf(5) != m.Category[5] {
		t.Error("a name has another number")
	}
	if v.User([]byte("i7"))+v.Item([]byte("i200"))+v.Category(nil)+v.CategoryOf(0) != 0 {
		t.Error("what is not known has a number")
	}
}

func TestBadOptions(t *testing.T) {
	good := Options{Vocabulary: counted{}, Longest: 5, Scorers: []Scorer{&fake{}}}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(o *Options){
		"no vocabulary":     func(o *Options) { o.Vocabulary = nil },
		"no scorer":         func(o *Options) { o.Scorers = nil },
		"no history":        func(o *Options) { o.Longest = 0 },
		"negative rows":     func(o *Options) { o.Rows = -1 },
		"negative queue":    func(o *Options) { o.Queue = -1 },
		"negative time":     func(o *Options) { o.Time = -1 },
		"negative delay":    func(o *Options) { o.BatchDelay = -1 },
		"negative body":     func(o *Options) { o.Body = -1 },
		"a queue too short": func(o *Options) { o.Queue, o.Rows = 5, 6 },
	} {
		o := good
		spoil(&o)
		if _, err := New(o); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

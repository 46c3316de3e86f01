package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// client speaks HTTP to a server.
func (r *running) client(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", r.http)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

type answerJSON struct {
	Probabilities []float32
	Unknown       struct{ Users, Items, Categories uint32 }
	Shortened     uint32
	Error         struct{ Code, Message, Field string }
}

// post posts a body and returns what is answered, as it is and read.
func (r *running) post(t *testing.T, c *http.Client, body string, header ...string) (*http.Response, string, answerJSON) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), "POST", "http://localhost/v1/score", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var a answerJSON
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return resp, string(text), a
}

func TestHTTP(t *testing.T) {
	r := start(t, Options{})
	c := r.client(t)
	for name, test := range map[string]struct {
		body string
		want []Row
		answerJSON
	}{
		"names":   {`{"rows":[{"user":"u3","item":"i42","category":"c7","history":["i1","i2"]}]}`, []Row{{3, 42, 7, []uint32{1, 2}}}, answerJSON{}},
		"numbers": {`{"rows":[{"user":3,"item":42,"history":[1,"i2",99]}]}`, []Row{{3, 42, 2, []uint32{1, 2, 99}}}, answerJSON{}},
		"two":     {` {"rows": [{"item":1, "user":"u1"}, {"item":"i2","user":9,"history":[]}] } `, []Row{{1, 1, 1, nil}, {9, 2, 2, nil}}, answerJSON{}},
		"unknown": {`{"rows":[{"user":"nobody","item":"nothing","history":["i1","nothing",0]},{"item":"i5","category":"none"}]}`,
			[]Row{{0, 0, 0, []uint32{1, 0, 0}}, {0, 5, 0, nil}}, answerJSON{Unknown: struct{ Users, Items, Categories uint32 }{2, 3, 2}}},
		"long":    {`{"rows":[{"user":1,"item":1,"history":[1,2,3,4,5,6,7]}]}`, []Row{{1, 1, 1, []uint32{3, 4, 5, 6, 7}}}, answerJSON{Shortened: 1}},
		"escaped": {`{"rows":[{"us\u0065r":"\u00753","item":"i4\u0032"}]}`, []Row{{3, 42, 2, nil}}, answerJSON{}},
	} {
		resp, text, a := r.post(t, c, test.body)
		if err := check(test.want, a.Probabilities); err != nil || resp.StatusCode != 200 || a.Unknown != test.Unknown || a.Shortened != test.Shortened {
			t.Errorf("%s: %d %s: %v", name, resp.StatusCode, text, err)
		}
	}
}

// What is wrong is said with its place, and never with what the client sent.
func TestBadJSON(t *testing.T) {
	r := start(t, Options{Limits: Limits{Rows: 3, History: 8, Body: 2000}})
	c := r.client(t)
	for _, test := range []struct{ body, field, message string }{
		{``, "", "ends too early"},
		{`secret`, "", "wrong at byte"},
		{`[]`, "", "must be an object"},
		{`{}`, "rows", "none"},
		{`{"rows":[]}`, "rows", "none"},
		{`{"rows":{"secret":1}}`, "rows", "must be an array"},
		{`{"rows":["secret"]}`, "rows[0]", "must be an object"},
		{`{"secret":[]}`, "", "field that is not known"},
		{`{"rows":[{"item":1}],"rows":[{"item":1}]}`, "", "twice"},
		{`{"rows":[{"item":1,"item":1}]}`, "", "twice"},
		{`{"rows":[{"item":1}]}{}`, "", "behind the JSON"},
		{`{"rows":[{"item":1}]`, "", "ends too early"},
		{`{"rows":[{"item":1}`, "", "ends too early"},
		{`{"rows":[{"item":"secret`, "", "ends too early"},
		{"{\"rows\":[{\"item\":\"secret\xff\"}]}", "", "wrong"},
		{`{"rows":[{"user":"u1"}]}`, "rows[0].item", "missing"},
		{`{"rows":[{"item":""}]}`, "rows[0].item", "empty"},
		{`{"rows":[{"item":null}]}`, "rows[0].item", "a name or a number"},
		{`{"rows":[{"item":true}]}`, "rows[0].item", "a name or a number"},
		{`{"rows":[{"item":["secret"]}]}`, "rows[0].item", "a name or a number"},
		{`{"rows":[{"item":-1}]}`, "rows[0].item", "no whole number"},
		{`{"rows":[{"item":1.0}]}`, "rows[0].item", "no whole number"},
		{`{"rows":[{"item":1e1}]}`, "rows[0].item", "no whole number"},
		{`{"rows":[{"item":4294967296}]}`, "rows[0].item", "no whole number"},
		{`{"rows":[{"item":100}]}`, "rows[0].item", "from 0 to 99"},
		{`{"rows":[{"item":1},{"item":1,"user":10}]}`, "rows[1].user", "from 0 to 9"},
		{`{"rows":[{"item":1,"user":""}]}`, "rows[0].user", "empty"},
		{`{"rows":[{"item":1,"category":10}]}`, "rows[0].category", "from 0 to 9"},
		{`{"rows":[{"item":1,"category":{}}]}`, "rows[0].category", "a name or a number"},
		{`{"rows":[{"item":1,"history":"secret"}]}`, "rows[0].history", "must be an array"},
		{`{"rows":[{"item":1,"history":[1,[]]}]}`, "rows[0].history", "a name or a number"},
		{`{"rows":[{"item":1,"history":[1,2,100]}]}`, "rows[0].history[2]", "from 0 to 99"},
		{`{"rows":[{"item":1,"history":[1,""]}]}`, "rows[0].history[1]", "empty"},
		{`{"rows":[{"item":1,"history":[1,2,3,4,5,6,7,8,9]}]}`, "rows[0].history", "more than 8"},
		{`{"rows":[{"item":1,"age":3}]}`, "rows[0]", "not known"},
		{`{"rows":[{"item":1},{"item":1},{"item":1},{"item":1}]}`, "rows", "more than 3"},
		{`{"rows":[{"item":1,"history":[` + strings.Repeat("[", 500) + `]}]}`, "", "wrong"},
	} {
		resp, text, a := r.post(t, c, test.body)
		if resp.StatusCode != 400 || a.Error.Code != "invalid" || a.Error.Field != test.field || !strings.Contains(a.Error.Message, test.message) || strings.Contains(text, "secret") {
			t.Errorf("%s: %d %s", test.body, resp.StatusCode, text)
		}
	}
	if resp, text, _ := r.post(t, c, `{"rows":[{"item":"`+strings.Repeat("secret", 400)+`"}]}`); resp.StatusCode != 413 || strings.Contains(text, "secret") {
		t.Errorf("a large body: %d %s", resp.StatusCode, text)
	}
	if resp, text, _ := r.post(t, c, `{"rows":[{"item":1}]}`, "Content-Type", "text/plain"); resp.StatusCode != 415 {
		t.Errorf("another type: %d %s", resp.StatusCode, text)
	}
	for _, ms := range []string{"0", "-1", "1.5", "soon", "99999999999"} {
		if resp, text, _ := r.post(t, c, `{"rows":[{"item":1}]}`, TimeHeader, ms); resp.StatusCode != 400 || !strings.Contains(text, TimeHeader) {
			t.Errorf("%s milliseconds: %d %s", ms, resp.StatusCode, text)
		}
	}
}

func TestHTTPOverload(t *testing.T) {
	f := &fake{gate: make(chan struct{}), began: make(chan int, 100)}
	r := start(t, Options{Scorers: []Scorer{f}, BatchRows: 1, Limits: Limits{Queue: 2, Rows: 2, Requests: 4}})
	defer close(f.gate)
	c := r.client(t)
	var calls sync.WaitGroup
	defer calls.Wait()
	defer func() { f.gate <- struct{}{}; f.gate <- struct{}{}; f.gate <- struct{}{} }()
	for i := range 3 { // one is scored, two wait
		calls.Go(func() { r.post(t, c, `{"rows":[{"item":1}]}`) })
		eventually(t, "one is scored", func() bool { return i > 0 || len(f.began) == 1 })
	}
	eventually(t, "two rows wait", func() bool { return len(f.began) == 1 && r.batcher.queued() == 2 })
	resp, text, a := r.post(t, c, `{"rows":[{"item":1}]}`)
	after, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if resp.StatusCode != 429 || a.Error.Code != "overloaded" || err != nil || after < 1 {
		t.Errorf("%d %s, after %q", resp.StatusCode, text, resp.Header.Get("Retry-After"))
	}
	// A body that does not come keeps a place, too; then there is none.
	conn, err := net.Dial("unix", r.http)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	eventually(t, "four are under way", func() bool { return r.underWay.taken.Load() == 4 })
	if resp, text, _ := r.post(t, c, `{"rows":[{"item":1}]}`); resp.StatusCode != 429 {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
}

func TestHTTPTime(t *testing.T) {
	f := &fake{gate: make(chan struct{}), began: make(chan int, 100)}
	r := start(t, Options{Scorers: []Scorer{f}, BatchRows: 1, Limits: Limits{Time: time.Minute}})
	defer close(f.gate)
	c := r.client(t)
	if resp, text, a := r.post(t, c, `{"rows":[{"item":1}]}`, TimeHeader, "20"); resp.StatusCode != 504 || a.Error.Code != "deadline" {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
	// Whoever hangs up is not waited for.
	ctx, cancel := context.WithCancel(t.Context())
	q, err := http.NewRequestWithContext(ctx, "POST", "http://localhost/v1/score", strings.NewReader(`{"rows":[{"item":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	go func() {
		eventually(t, "a row waits", func() bool { return r.batcher.queued() == 1 })
		cancel()
	}()
	if _, err := c.Do(q); err == nil {
		t.Error("it was answered")
	}
	eventually(t, "nothing is under way", func() bool { return r.batcher.queued() == 0 && r.underWay.taken.Load() == 0 })
	eventually(t, "it is counted", func() bool { // after it has left
		return strings.Contains(get(t, c, "/metrics"), `datum_requests_total{protocol="http",outcome="cancelled"} 1`+"\n")
	})
}

func TestHTTPFailure(t *testing.T) {
	told := make(chan error, 10)
	f := &fake{fail: func([]Row) ([]float32, error) { panic("a bug") }}
	r := start(t, Options{Scorers: []Scorer{f}, Failed: func(err error) { told <- err }})
	for range 3 {
		if resp, text, a := r.post(t, r.client(t), `{"rows":[{"item":1}]}`); resp.StatusCode != 500 || a.Error.Code != "failed" || strings.Contains(text, "bug") {
			t.Errorf("%d %s", resp.StatusCode, text)
		}
	}
	if len(told) != 1 || !strings.Contains((<-told).Error(), "a bug") {
		t.Errorf("it was told of %d times", len(told)+1)
	}
}

func get(t *testing.T, c *http.Client, path string) string {
	t.Helper()
	resp, err := c.Get("http://localhost" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Status + "\n" + string(text)
}

func TestHealthOverHTTP(t *testing.T) {
	r := start(t, Options{})
	c := r.client(t)
	if text := get(t, c, "/healthz"); text != "200 OK\nok\n" {
		t.Error(text)
	}
	if text := get(t, c, "/readyz"); text != "200 OK\nready\n" {
		t.Error(text)
	}
	r.setReady(false)
	if text := get(t, c, "/readyz"); !strings.HasPrefix(text, "503 ") {
		t.Error(text)
	}
	if text := get(t, c, "/v1/score"); !strings.HasPrefix(text, "405 ") {
		t.Error(text)
	}
	if text := get(t, c, "/"); !strings.HasPrefix(text, "404 ") {
		t.Error(text)
	}
}

// A page of somebody else, whose name leads to this machine, reads nothing.
func TestOtherHosts(t *testing.T) {
	s, err := New(Options{Vocabulary: counted{}, Longest: 5, Scorers: []Scorer{&fake{}}})
	if err != nil {
		t.Fatal(err)
	}
	h := s.httpServer([]string{"localhost", "127.0.0.1", "::1", "[::1]"}).Handler
	for host, want := range map[string]int{"localhost": 200, "localhost:8480": 200, "127.0.0.1:1": 200, "[::1]:8480": 200, "[::1]": 200, "evil.example": 421, "evil.example:8480": 421, "": 421} {
		q, err := http.NewRequest("GET", "/healthz", nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Host = host
		w := &statusOnly{header: http.Header{}, status: 200}
		h.ServeHTTP(w, q)
		if w.status != want {
			t.Errorf("%q: %d", host, w.status)
		}
	}
}

type statusOnly struct {
	header http.Header
	status int
}

func (w *statusOnly) Header() http.Header         { return w.header }
func (w *statusOnly) Write(p []byte) (int, error) { return len(p), nil }
func (w *statusOnly) WriteHeader(status int)      { w.status = status }

// The exposition is as Prometheus wants it: each line, each name with its type before
// it, buckets that grow.
func TestMetrics(t *testing.T) {
	r := start(t, Options{Version: "1"})
	c := r.client(t)
	r.post(t, c, `{"rows":[{"item":"nothing"},{"item":1,"user":1}]}`)
	r.post(t, c, `{"rows":[{"item":"secret","history":[77777]}]}`)
	_, text, _ := strings.Cut(get(t, c, "/metrics"), "\n")
	for _, want := range []string{
		`datum_requests_total{protocol="http",outcome="ok"} 1`, `datum_requests_total{protocol="http",outcome="invalid"} 1`,
		`datum_requests_total{protocol="grpc",outcome="ok"} 0`, `datum_rows_total 2`, `datum_unknown_total{kind="user"} 1`,
		`datum_batch_rows_bucket{le="1"} 0`, `datum_batch_rows_bucket{le="2"} 1`, `datum_batch_rows_sum 2`, `datum_request_seconds_count{protocol="http"} 2`, `datum_ready 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("there is no %s", want)
		}
	}
	sample := regexp.MustCompile(`^([a-z_]+)(\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? (\S+)$`)
	types := map[string]string{}
	last := 0.
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		line := lines.Text()
		if f := strings.Fields(line); strings.HasPrefix(line, "# TYPE ") {
			if types[f[2]] != "" {
				t.Errorf("%s twice", f[2])
			}
			types[f[2]] = f[3]
			continue
		} else if strings.HasPrefix(line, "# HELP ") {
			continue
		}
		m := sample.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("a line is %q", line)
			continue
		}
		v, err := strconv.ParseFloat(m[3], 64)
		name := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(m[1], "_bucket"), "_sum"), "_count")
		if err != nil || types[m[1]] == "" && types[name] != "histogram" {
			t.Errorf("%q: %v", line, err)
		}
		if strings.HasSuffix(m[1], "_bucket") {
			if v < last {
				t.Errorf("%q is less than the one before", line)
			}
			if last = v; strings.Contains(line, `le="+Inf"`) {
				last = 0
			}
		}
	}
	if strings.Contains(text, "secret") {
		t.Error("there is a name in it")
	}
}

// Requests that were taken are answered, and others are not.
func TestStopOverHTTP(t *testing.T) {
	f := &fake{gate: make(chan struct{}), began: make(chan int, 100)}
	r := start(t, Options{Scorers: []Scorer{f}, BatchRows: 1})
	c := r.client(t)
	var calls sync.WaitGroup
	for range 5 {
		calls.Go(func() {
			if resp, text, _ := r.post(t, c, `{"rows":[{"item":1}]}`); resp.StatusCode != 200 {
				t.Errorf("%d %s", resp.StatusCode, text)
			}
		})
	}
	eventually(t, "four rows wait", func() bool { return len(f.began) == 1 && r.batcher.queued() == 4 })
	ended := make(chan error, 1)
	go func() { ended <- r.stop() }()
	eventually(t, "it takes no more", func() bool {
		conn, err := net.Dial("unix", r.http)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	close(f.gate)
	calls.Wait()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

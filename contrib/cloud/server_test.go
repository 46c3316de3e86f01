package cloud

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"datum/internal/commands"
)

// versitygw is an S3 server that keeps a bucket as a folder.
const (
	versitygw        = "github.com/versity/versitygw/cmd/versitygw"
	versitygwVersion = "v1.8.0"
)

// asProgram makes the test binary the program that is tested.
const asProgram = "DATUM_CLOUD_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(commands.Run(New()))
	}
	code := m.Run()
	if server != nil {
		server.stop()
	}
	os.Exit(code)
}

// s3 is a server that runs for all tests.
type s3 struct {
	address string
	folder  string // each folder in it is a bucket
	cmd     *exec.Cmd
}

var (
	server      *s3
	startServer = sync.OnceValue(func() error {
		s, err := start()
		server = s
		return err
	})
)

func (s *s3) stop() {
	stopServer(s.cmd)
	os.RemoveAll(s.folder)
}

func stopServer(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// requireServer skips a test where there is no S3 server, loudly, or fails it
// where DATUM_CLOUD_SERVER says that there has to be one.
func requireServer(t *testing.T) *s3 {
	t.Helper()
	without(t, startServer())
	return server
}

// without skips or fails a test for which there is no server.
func without(t *testing.T, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("DATUM_CLOUD_SERVER") == "required":
		t.Fatal(err)
	default:
		fmt.Fprintf(os.Stderr, "SKIPPED %s: there is no server to test with: %v\n", t.Name(), err)
		t.Skipf("SKIPPED, NOT PASSED: there is no server to test with: %v", err)
	}
}

// start builds the server once, into the cache folder, and starts it.
func start() (*s3, error) {
	program, err := cached("versitygw-"+versitygwVersion, "versitygw", "go", "install", versitygw+"@"+versitygwVersion)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "datum-cloud-s3-")
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, "--access", "tester", "--secret", "testsecret", "--port", address, "--quiet", "posix", "--sidecar", sidecars(folder), buckets(folder))
	cmd.Dir = folder
	s := &s3{address, folder, cmd}
	if err := answers(cmd, address); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func freeAddress() (string, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return free.Addr().String(), free.Close()
}

// answers starts a server and waits until it answers.
func answers(cmd *exec.Cmd, address string) error {
	said, err := os.CreateTemp("", "datum-cloud-server-")
	if err != nil {
		return err
	}
	defer os.Remove(said.Name())
	defer said.Close()
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		return err
	}
	for range 600 {
		if c, err := net.Dial("tcp", address); err == nil {
			return c.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	text, _ := os.ReadFile(said.Name())
	return fmt.Errorf("%s does not answer: %s", cmd.Path, text)
}

func buckets(folder string) string  { return made(folder, "buckets") }
func sidecars(folder string) string { return made(folder, "sidecars") }

func made(folder, name string) string {
	dir := filepath.Join(folder, name)
	_ = os.MkdirAll(dir, 0o777) // the server says what is wrong
	return dir
}

// cached returns a program in the cache folder. Where it is not there, command is
// run in an empty folder, which becomes its own.
func cached(name, program string, command ...string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "datum", name)
	program = filepath.Join(dir, program)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return "", err
	}
	building, err := os.MkdirTemp(filepath.Dir(dir), name+"-building-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(building)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "GOBIN="+building, "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false", "GOWORK=off")
	cmd.Dir = building
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, out)
	}
	_ = os.Rename(building, dir) // another test may have been faster
	_, err = os.Stat(program)
	return program, err
}

// bucket is a bucket of one test.
type bucket struct {
	t        *testing.T
	name     string
	folder   string
	endpoint string
}

func newBucket(t *testing.T) *bucket {
	t.Helper()
	s := requireServer(t)
	dir, err := os.MkdirTemp(buckets(s.folder), "bucket-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return &bucket{t, filepath.Base(dir), dir, "http://" + s.address}
}

// url names a place in the bucket.
func (b *bucket) url(key string) string {
	return "s3://" + b.name + "/" + key + "?region=us-east-1&endpoint=" + url.QueryEscape(b.endpoint)
}

// objects returns the keys in the bucket, as the server keeps them.
func (b *bucket) objects() []string {
	var keys []string
	for name := range tree(b.t, b.folder) {
		if !strings.HasPrefix(name, ".sgwtmp") {
			keys = append(keys, name)
		}
	}
	return keys
}

// through puts a proxy in front of the server. judge answers a request itself
// and returns true, or lets it pass.
func (b *bucket) through(judge func(http.ResponseWriter, *http.Request) bool, change func(*http.Response) error) {
	target, err := url.Parse(b.endpoint)
	if err != nil {
		b.t.Fatal(err)
	}
	// The signature counts the host: it has to stay what the client called it.
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }, ModifyResponse: change, ErrorLog: log.New(io.Discard, "", 0)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.t.Fatal(err)
	}
	front := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !judge(w, r) {
			proxy.ServeHTTP(w, r)
		}
	})}
	go front.Serve(listener)
	b.t.Cleanup(func() { front.Close() })
	b.endpoint = "http://" + listener.Addr().String()
}

// run runs the program and returns what it said and its exit code.
func run(t *testing.T, args ...string) (said string, code int) {
	t.Helper()
	cmd := program(args...)
	out, err := cmd.CombinedOutput()
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func program(args ...string) *exec.Cmd {
	// A program that hangs is a failure of its test, and not of all of them.
	ctx, stop := context.WithCancel(context.Background())
	time.AfterFunc(3*time.Minute, stop)
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "AWS_ACCESS_KEY_ID=tester", "AWS_SECRET_ACCESS_KEY=testsecret", "AWS_EC2_METADATA_DISABLED=true")
	return cmd
}

// must runs the program, which has to end with a code.
func must(t *testing.T, want int, args ...string) string {
	t.Helper()
	said, code := run(t, args...)
	if code != want {
		t.Fatalf("%q: exit code %d, want %d\n%s", args, code, want, said)
	}
	return said
}

// tree reads all files below a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		found[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func sameTree(t *testing.T, got, want string) {
	t.Helper()
	a, b := tree(t, got), tree(t, want)
	for name, text := range b {
		if a[name] != text {
			t.Errorf("%s: %s has %d bytes, want the %d of %s", name, got, len(a[name]), len(text), want)
		}
	}
	for name := range a {
		if _, ok := b[name]; !ok {
			t.Errorf("%s: only in %s", name, got)
		}
	}
}

package install

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"datum/formats"
	"datum/internal/atomicdir"
)

func TestInstallFromAnIndex(t *testing.T) {
	f := fakeRuntime()
	for name, test := range map[string]struct {
		change func(*server)
		whole  bool // the whole wheel has to be downloaded
	}{
		"JSON":                    {nil, false},
		"HTML":                    {func(s *server) { s.page, s.contentType = htmlPage, "text/html; charset=utf-8" }, false},
		"HTML with a base":        {func(s *server) { s.page, s.contentType = "<base href='../../files/'>"+htmlPage, "text/html" }, false},
		"no ranges":               {func(s *server) { s.wholes = true }, true},
		"no ranges from the end":  {func(s *server) { s.suffixes = http.StatusNotImplemented }, true},
		"none, says another":      {func(s *server) { s.suffixes = http.StatusRequestedRangeNotSatisfiable }, true},
		"a bad moment":            {func(s *server) { s.fail = func(n int) int { return []int{0, 503, 0, 429}[n%4] } }, false},
		"a bad moment, no ranges": {func(s *server) { s.wholes, s.fail = true, func(n int) int { return []int{0, 502}[n%2] } }, true},
		"connections that are cut again and again":   {func(s *server) { s.cut = 270_000 }, false},
		"links to another server, which has no name": {func(s *server) { s.filesAt = f.serve(t, nil).URL }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := f.serve(t, test.change)
			data := private(t)
			o := f.options(data)
			o.Index = s.index()
			r, err := Install(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			f.installed(t, data)
			if r.Files != 4 || r.New != 4 || r.Bytes != 700_000+40_000+7+39_000 || !strings.HasSuffix(r.Source, fakeWheel) {
				t.Errorf("%+v", r)
			}
			if whole := r.Downloaded > int64(len(f.wheel)); whole != test.whole {
				t.Errorf("downloaded %d bytes, the wheel has %d", r.Downloaded, len(f.wheel))
			}
		})
	}
}

func TestInstallIsDoneOnce(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	s := f.serve(t, nil)
	data := private(t)
	o := f.options(data)
	o.Index = s.index()
	for range 2 {
		if _, err := Install(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	before := s.wheels
	// The list, what stands before the large file, the file, and what stands
	// before the others, with the others.
	if before > 6 {
		t.Errorf("%d requests", before)
	}
	r, err := Install(t.Context(), o)
	if err != nil || r.New != 0 || r.Source != "" || s.wheels != before {
		t.Errorf("%+v, %v, %d requests after %d", r, err, s.wheels, before)
	}
	f.installed(t, data)
}

// What is there and sound is kept; what is not is replaced, and what was asked
// for comes besides.
func TestInstallCompletesAndRepairs(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	s := f.serve(t, nil)
	data := private(t)
	o := f.options(data)
	o.Index = s.index()
	if _, err := Install(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	o.Frontends = []string{"tensorflow"}
	if r, err := Install(t.Context(), o); err != nil || r.New != 1 || r.Files != 5 {
		t.Errorf("a frontend: %+v, %v", r, err)
	}
	f.installed(t, data, "tensorflow")
	o.Frontends = nil
	write(t, filepath.Join(data, "datum", "openvino-"+Version, library), []byte("damaged"))
	if r, err := Install(t.Context(), o); err != nil || r.New != 1 || r.Files != 5 {
		t.Errorf("a repair: %+v, %v", r, err)
	}
	f.installed(t, data, "tensorflow")
	o.Frontends = []string{"caffe"}
	if _, err := Install(t.Context(), o); !errors.Is(err, formats.ErrUsage) || !strings.Contains(err.Error(), "tensorflow") {
		t.Errorf("%v", err)
	}
}

// A server that dies in the middle: what came is kept, and the next run asks only
// for the rest.
func TestInstallGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	dying := f.serve(t, func(s *server) {
		s.cut = 300_000
		s.fail = func(n int) int {
			if n > 3 {
				return http.StatusServiceUnavailable
			}
			return 0
		}
	})
	data := private(t)
	o := f.options(data)
	o.Index = dying.index()
	_, err := Install(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(formats.Hint(err), "--find-links") {
		t.Fatalf("%v, hint %q", err, formats.Hint(err))
	}
	nothing(t, data, true)
	if kept := keptBytes(filepath.Join(data, "datum", "openvino-"+Version)); kept < 250_000 {
		t.Errorf("only %d bytes were kept", kept)
	}
	o.Index = f.serve(t, nil).index()
	r, err := Install(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	f.installed(t, data)
	if r.Downloaded > 700_000+tail-250_000 {
		t.Errorf("the second run downloaded %d bytes", r.Downloaded)
	}
}

// What an earlier run left is not believed.
func TestInstallStartsAnewWhereTheKeptPartIsOfAnotherWheel(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	s := f.serve(t, nil)
	for name, part := range map[string][]byte{"shorter": make([]byte, 1000), "as long": make([]byte, 1_000_000), "longer": make([]byte, 5_000_000)} {
		data := private(t)
		m, err := readMembers(strings.NewReader(string(f.wheel)), int64(len(f.wheel)))
		if err != nil {
			t.Fatal(err)
		}
		kept := filepath.Join(data, "datum", ".openvino-"+Version+".resume")
		z := m["openvino/libs/libbig.so"]
		write(t, (&remote{parts: kept}).part(z), part[:min(len(part), int(z.CompressedSize64)+len(part)/4_000_000)])
		o := f.options(data)
		o.Index = s.index()
		if _, err := Install(t.Context(), o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f.installed(t, data)
	}
}

// tampered is the runtime with one byte of one file changed, which the wheel says
// is right.
func (f *fake) tampered() *fake {
	other := &fake{f.release, map[string][]byte{}, nil}
	for member, content := range f.content {
		other.content[member] = append([]byte(nil), content...)
	}
	other.content["openvino/libs/libbig.so"][5] ^= 1
	other.wheel = other.pack(nil)
	return other
}

func TestInstallRefusesWhatIsNotPinned(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	bad := f.tampered()
	wheels, packages := private(t), private(t)
	write(t, filepath.Join(wheels, fakeWheel), bad.wheel)
	for member, content := range bad.content {
		write(t, filepath.Join(packages, member), content)
	}
	for name, from := range map[string]Options{
		"an index":              {Index: bad.serve(t, nil).index()},
		"an index of wholes":    {Index: bad.serve(t, func(s *server) { s.wholes = true }).index()},
		"a wheel":               {FindLinks: []string{filepath.Join(wheels, fakeWheel)}},
		"an installed package":  {FindLinks: []string{packages}},
		"the first of several":  {FindLinks: []string{wheels, write(t, filepath.Join(private(t), fakeWheel), f.wheel)}},
		"the folder of a wheel": {FindLinks: []string{wheels}},
		"one that is none":      {FindLinks: []string{write(t, filepath.Join(private(t), "libbig.so.whl"), []byte("x")), write(t, filepath.Join(private(t), fakeWheel), f.wheel)}},
	} {
		data := private(t)
		o := f.options(data)
		o.Index, o.FindLinks = from.Index, from.FindLinks
		_, err := Install(t.Context(), o)
		if !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "libbig.so") {
			t.Errorf("%s: %v", name, err)
		}
		nothing(t, data, from.Index != "")
	}
}

func TestInstallOffline(t *testing.T) {
	f := fakeRuntime()
	wheels, packages, venv, ours, libs := private(t), private(t), private(t), private(t), private(t)
	wheel := write(t, filepath.Join(wheels, fakeWheel), f.wheel)
	for _, file := range f.release.Files {
		content := f.content[file.Member]
		write(t, filepath.Join(packages, file.Member), content)
		write(t, filepath.Join(venv, "lib", "python3.12", "site-packages", file.Member), content)
		write(t, filepath.Join(ours, file.Name), content)
		write(t, filepath.Join(libs, "openvino", "libs", file.Name), content)
	}
	home := private(t)
	write(t, filepath.Join(home, "w", fakeWheel), f.wheel)
	for name, test := range map[string]struct {
		find []string
		env  []string
		ok   bool
	}{
		"a wheel":                          {[]string{wheel}, nil, true},
		"a folder with it":                 {[]string{wheels}, nil, true},
		"where packages are installed":     {[]string{packages}, nil, true},
		"the libraries of a package":       {[]string{filepath.Join(packages, "openvino", "libs")}, nil, true},
		"a virtual environment":            {[]string{venv}, nil, true},
		"what datum installed elsewhere":   {[]string{ours}, nil, true},
		"the second of two folders":        {[]string{private(t), wheels}, nil, true},
		"pip's find-links":                 {nil, []string{"PIP_FIND_LINKS", "/nowhere " + wheels, "PIP_NO_INDEX", "1"}, true},
		"pip's find-links as an address":   {nil, []string{"PIP_FIND_LINKS", "file://" + wheels, "PIP_NO_INDEX", "1"}, true},
		"pip's find-links below home":      {nil, []string{"HOME", home, "PIP_FIND_LINKS", "~/w"}, true},
		"an empty folder":                  {[]string{private(t)}, nil, false},
		"no folder":                        {[]string{filepath.Join(home, "none")}, nil, false},
		"no index and nothing besides":     {nil, []string{"PIP_NO_INDEX", "1"}, false},
		"no index and an empty find-links": {nil, []string{"PIP_NO_INDEX", "1", "PIP_FIND_LINKS", private(t), "PIP_INDEX_URL", "http://127.0.0.1:1"}, false},
	} {
		data := private(t)
		o := f.options(data, test.env...)
		o.FindLinks = test.find
		r, err := Install(t.Context(), o)
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err != nil {
			if !strings.Contains(formats.Hint(err), Command+" --find-links") {
				t.Errorf("%s: %v, hint %q", name, err, formats.Hint(err))
			}
			nothing(t, data, false)
			continue
		}
		f.installed(t, data)
		if r.Downloaded != 0 {
			t.Errorf("%s: %d bytes were downloaded", name, r.Downloaded)
		}
	}
}

func TestInstallWhateverTheUmask(t *testing.T) {
	f := fakeRuntime()
	wheel := write(t, filepath.Join(private(t), fakeWheel), f.wheel)
	for _, mask := range []int{0, 0o002, 0o022} {
		data := private(t)
		o := f.options(data)
		o.FindLinks = []string{wheel}
		withUmask(mask, func() {
			if _, err := Install(t.Context(), o); err != nil {
				t.Errorf("%03o: %v", mask, err)
			}
		})
		f.installed(t, data)
	}
}

func TestInstallRefusesAFolderThatOthersCanWriteTo(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	data := private(t)
	if err := os.Chmod(data, 0o777); err != nil {
		t.Fatal(err)
	}
	o := f.options(data)
	o.FindLinks = []string{write(t, filepath.Join(private(t), fakeWheel), f.wheel)}
	if _, err := Install(t.Context(), o); !errors.Is(err, ErrUnsafe) {
		t.Errorf("%v", err)
	}
	nothing(t, data, false)
}

func TestOneInstallationAtATime(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	data := private(t)
	o := f.options(data)
	o.FindLinks = []string{write(t, filepath.Join(private(t), fakeWheel), f.wheel)}
	lock, err := atomicdir.Stage(filepath.Join(data, "datum", "openvino-"+Version), true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Install(t.Context(), o); !errors.Is(err, formats.ErrExists) {
		t.Errorf("%v", err)
	}
	if _, err := f.release.remove(o.Getenv); !errors.Is(err, formats.ErrExists) && !errors.Is(err, ErrNotInstalled) {
		t.Errorf("%v", err)
	}
	lock.Abort()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := Install(t.Context(), o); err != nil && !errors.Is(err, formats.ErrExists) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	f.installed(t, data)
}

func TestInterruptedDownloadIsKept(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	ctx, cancel := context.WithCancel(t.Context())
	s := f.serve(t, nil)
	data := private(t)
	o := f.options(data)
	o.Index = s.index()
	o.Meter = func(string, int64) (func(int64), func()) {
		return func(n int64) {
			if n > 300_000 {
				cancel()
			}
		}, func() {}
	}
	if _, err := Install(ctx, o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	nothing(t, data, true)
	st, err := f.release.look(t.Context(), o.Getenv, false)
	if err != nil || st.Installed || st.Kept == 0 {
		t.Errorf("%+v, %v", st, err)
	}
	if _, err := f.release.remove(o.Getenv); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(data, "datum")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is left: %v", err)
	}
}

package install

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/formats"
)

const turboWheel = "turbojpeg-0.0.2-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"

// fakeTurbo is the fake runtime with a libturbojpeg, and the latter's wheel.
func fakeTurbo() (*fake, []byte) {
	runtime := fakeRuntime()
	f := &fake{&Release{}, map[string][]byte{}, runtime.wheel}
	for member, content := range runtime.content {
		f.content[member] = content
	}
	turbo, release := *turboX86, *runtime.release
	turbo.Files = slices.Clone(turbo.Files)
	for i := range turbo.Files {
		file := &turbo.Files[i]
		content := noise(byte(40+i), 30_000)
		sum := sha256.Sum256(content)
		file.Size, file.SHA256 = int64(len(content)), hex.EncodeToString(sum[:])
		f.content[file.Member] = content
	}
	turbo.Library = turbo.Files[0]
	release.Turbo = &turbo
	f.release = &release
	return f, wheelOf(turbo.Files, f.content)
}

func wheelOf(files []File, content map[string][]byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, file := range files {
		m, err := w.Create(file.Member)
		if err != nil {
			panic(err)
		}
		m.Write(content[file.Member])
	}
	w.Close()
	return b.Bytes()
}

func TestTurboIsInstalledShownAndRemoved(t *testing.T) {
	t.Parallel()
	f, wheel := fakeTurbo()
	data := private(t)
	o := f.options(data)
	o.Index = f.serve(t, func(s *server) { s.turbo = wheel }).index()
	r, err := Install(t.Context(), o)
	if err != nil || r.Files != 6 || r.New != 6 || r.NoTurbo != "" || !strings.HasSuffix(r.Source, fakeWheel) {
		t.Fatalf("%+v, %v", r, err)
	}
	f.installed(t, data)
	want := filepath.Join(r.Path, "libturbojpeg.so.0")
	for _, named := range []string{"", r.Path} { // the user's own runtime has nothing to do with it
		getenv := env("XDG_DATA_HOME", data, Env, named)
		s, err := f.release.look(t.Context(), getenv, true)
		if err != nil || s.Err() != nil || s.Turbo == nil || *s.Turbo != (Turbo{want, TurboVersion, "turbojpeg 0.0.2"}) {
			t.Errorf("%+v, %v", s, err)
		}
		if got := f.release.findTurbo(getenv); got != want {
			t.Errorf("%q: %s", named, got)
		}
	}
	if removed, err := f.release.remove(o.Getenv); err != nil || removed.Files != 6 || removed.Left != nil {
		t.Errorf("%+v, %v", removed, err)
	}
	nothing(t, data, false)
	if got := f.release.findTurbo(o.Getenv); got != "" {
		t.Errorf("%s is found", got)
	}
}

func TestTurboMayFail(t *testing.T) {
	t.Parallel()
	f, wheel := fakeTurbo()
	changed := map[string][]byte{}
	for _, file := range f.release.Turbo.Files {
		changed[file.Member] = f.content[file.Member]
	}
	changed[f.release.Turbo.Files[1].Member] = noise(50, 30_000) // the second, when the first is in place
	for name, test := range map[string]struct {
		turbo []byte
		want  string
	}{
		"the index has it not": {nil, "has no wheel of turbojpeg 0.0.2 for this machine"},
		"a changed file":       {wheelOf(f.release.Turbo.Files, changed), "SHA-256"},
		"half a wheel":         {wheelOf(f.release.Turbo.Files[:1], f.content), "the wheel has no turbojpeg-0.0.2.dist-info"},
		"no wheel":             {[]byte("nothing"), "it is no wheel"},
	} {
		data := private(t)
		o := f.options(data)
		o.Index = f.serve(t, func(s *server) { s.turbo = test.turbo }).index()
		r, err := Install(t.Context(), o)
		if err != nil || r.Files != 4 || r.New != 4 || !strings.Contains(r.NoTurbo, test.want) || strings.Contains(r.NoTurbo, "\n") {
			t.Errorf("%s: %+v, %v", name, r, err)
			continue
		}
		fakeRuntime().installed(t, data)
		s, err := f.release.look(t.Context(), o.Getenv, true)
		if err != nil || s.Err() != nil || s.Turbo != nil || s.Files != 4 {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		o.Index = f.serve(t, func(s *server) { s.turbo = wheel }).index()
		if r, err := Install(t.Context(), o); err != nil || r.New != 2 || r.NoTurbo != "" {
			t.Errorf("%s, and again: %+v, %v", name, r, err)
		}
		f.installed(t, data)
	}
}

func TestTurboIsNotTrustedWhereItIsDamaged(t *testing.T) {
	t.Parallel()
	f, wheel := fakeTurbo()
	both := private(t)
	write(t, filepath.Join(both, fakeWheel), f.wheel)
	write(t, filepath.Join(both, turboWheel), wheel)
	o := f.options(private(t))
	o.FindLinks = []string{both}
	r, err := Install(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(r.Path, "libturbojpeg.so.0")
	for name, change := range map[string]func(){
		"a changed byte": func() { write(t, path, noise(60, 30_000)) },
		"another size":   func() { write(t, path, []byte("x")) },
		"anybody's":      func() { os.Chmod(path, 0o666) },
	} {
		change()
		s, err := f.release.look(t.Context(), o.Getenv, true)
		if err != nil || (name != "anybody's") != errors.Is(s.Err(), formats.ErrCorrupt) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		if found := f.release.findTurbo(o.Getenv); (found != "") != (name == "a changed byte") { // only its size is looked at each time
			t.Errorf("%s: %q is found", name, found)
		}
		if r, err := Install(t.Context(), o); err != nil || r.New != 1 || f.release.findTurbo(o.Getenv) != path {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	// Rather none than one that is not what it must be.
	write(t, path, noise(60, 30_000))
	o.FindLinks = []string{private(t)}
	if r, err := Install(t.Context(), o); err != nil || r.NoTurbo == "" || f.release.findTurbo(o.Getenv) != "" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestTurboOffline(t *testing.T) {
	t.Parallel()
	f, _ := fakeTurbo()
	packages, ours := private(t), private(t)
	for _, file := range f.release.choose(nil) {
		write(t, filepath.Join(packages, file.Member), f.content[file.Member])
		write(t, filepath.Join(ours, file.Name), f.content[file.Member])
	}
	for name, from := range map[string]string{"packages": packages, "the libraries among them": filepath.Join(packages, "openvino", "libs"), "what datum made": ours} {
		data := private(t)
		o := f.options(data)
		o.FindLinks = []string{from}
		if r, err := Install(t.Context(), o); err != nil || r.NoTurbo != "" {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		f.installed(t, data)
	}
}

// An interruption is one also while libturbojpeg is on its way.
func TestTurboIsInterrupted(t *testing.T) {
	t.Parallel()
	f, wheel := fakeTurbo()
	ctx, cancel := context.WithCancel(t.Context())
	data := private(t)
	o := f.options(data)
	o.Index = f.serve(t, func(s *server) { s.turbo = wheel }).index()
	o.Note = func(_ string, args ...any) {
		if strings.HasSuffix(args[0].(string), turboWheel) {
			cancel()
		}
	}
	if r, err := Install(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", r, err)
	}
	nothing(t, data, true)
}

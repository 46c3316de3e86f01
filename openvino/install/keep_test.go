package install

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestInstallAfterAnother installs with what was decided before another installation
// was done, or before one that was killed is put right.
func TestInstallAfterAnother(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	dir, getenv := f.withRuntime(t, "tensorflow")
	if err := os.Remove(filepath.Join(dir, "libbig.so")); err != nil { // so that there is something to do
		t.Fatal(err)
	}
	// As a process leaves it that is killed between two renames.
	if err := os.Rename(dir, filepath.Join(filepath.Dir(dir), ".openvino-"+Version+".old")); err != nil {
		t.Fatal(err)
	}
	o := f.options(getenv("XDG_DATA_HOME"))
	o.FindLinks = []string{write(t, filepath.Join(private(t), fakeWheel), f.wheel)}
	if _, err := Install(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	f.installed(t, getenv("XDG_DATA_HOME"), "tensorflow")
}

// TestInstallKeepsWhatIsNotItsOwn completes a runtime beside which a user has put
// something.
func TestInstallKeepsWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	dir, getenv := f.withRuntime(t)
	for _, name := range []string{"libtokenizers.so", filepath.Join("more", "notes.txt")} {
		write(t, filepath.Join(dir, name), []byte("mine"))
	}
	o := f.options(getenv("XDG_DATA_HOME"))
	o.FindLinks = []string{write(t, filepath.Join(private(t), fakeWheel), f.wheel)}
	o.Frontends = []string{"tensorflow"}
	if r, err := Install(t.Context(), o); err != nil || r.New != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, name := range []string{"libtokenizers.so", filepath.Join("more", "notes.txt")} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); string(got) != "mine" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestInstallReplacesWhatOthersCouldChange finds the right content behind a link, and in
// a file that everybody can write to.
func TestInstallReplacesWhatOthersCouldChange(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	dir, getenv := f.withRuntime(t)
	big := filepath.Join(dir, "libbig.so")
	moved := filepath.Join(private(t), "libbig.so")
	if err := errors.Join(os.Rename(big, moved), os.Symlink(moved, big), os.Chmod(filepath.Join(dir, library), 0o666)); err != nil {
		t.Fatal(err)
	}
	o := f.options(getenv("XDG_DATA_HOME"))
	o.FindLinks = []string{write(t, filepath.Join(private(t), fakeWheel), f.wheel)}
	if r, err := Install(t.Context(), o); err != nil || r.New != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if st, err := os.Lstat(big); err != nil || !st.Mode().IsRegular() {
		t.Errorf("still a link, %v", err)
	}
	f.installed(t, getenv("XDG_DATA_HOME"))
}

package files

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLeaves(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("/", filepath.Join(dir, "link")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for name, want := range map[string]bool{"../x": true, "link/etc": true, "/etc": true, "missing": false, "link": true} {
		if _, err := root.Open(name); err == nil || Leaves(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if Leaves(nil) {
		t.Error("no error leaves")
	}
}

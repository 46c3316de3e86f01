package rundir

import (
	"path/filepath"
	"testing"
)

// The folder of a training stands for its model.
func TestModelOfFolder(t *testing.T) {
	t.Parallel()
	for _, d := range []*Dir{{}, {Clicks: true}, {Key: newKey(t)}, {Key: newKey(t), Clicks: true}} {
		d.Path = t.TempDir()
		if got := Model(d.Path); got != d.Path {
			t.Errorf("without a model: %s", got)
		}
		touch(t, d, filepath.Base(d.Model()))
		if got := Model(d.Path); got != d.Model() {
			t.Errorf("%s and not %s", got, d.Model())
		}
	}
}

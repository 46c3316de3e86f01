package compiledcache

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// abandoned is the age at which what another process began is taken to be left
// over.
const abandoned = 24 * time.Hour

// prune removes what is over the limit, the longest unused first but never the
// one at keep, and what killed processes left.
func (c *Cache) prune(keep string) error {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return err
	}
	var kept []fs.FileInfo
	total := int64(0)
	for _, e := range entries {
		st, err := e.Info()
		switch {
		case err != nil: // somebody else removed it
		case strings.HasPrefix(e.Name(), temp) && time.Since(st.ModTime()) > abandoned:
			err = os.Remove(filepath.Join(c.dir, e.Name()))
		case strings.HasSuffix(e.Name(), suffix):
			kept, total = append(kept, st), total+st.Size()
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	slices.SortFunc(kept, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, st := range kept {
		if total <= c.Limit {
			break
		}
		path := filepath.Join(c.dir, st.Name())
		if path == keep {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		total -= st.Size()
	}
	return nil
}

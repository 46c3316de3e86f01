//go:build !unix

package files

import (
	"io/fs"
	"os"
)

// readDir lists an open folder of an [os.Root].
func readDir(dir *os.File) ([]fs.DirEntry, error) { return dir.ReadDir(-1) }

package commands

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"datum/files"
)

// cloudProgram is the same program with storage behind URLs. It is apart, as it
// is four times as large and takes longer to start.
const cloudProgram = "datum-cloud"

// handOver replaces this process by cloudProgram where an argument is a URL that
// only that one opens, and where it lies beside this program or on the path. It
// returns where it does not.
func handOver(args []string) {
	if !slices.ContainsFunc(args, namesCloud) {
		return
	}
	if other := findBeside(cloudProgram); other != "" {
		// Where that fails, what follows says that URLs are not opened here.
		_ = syscall.Exec(other, append([]string{other}, args...), os.Environ())
	}
}

// namesCloud reports whether an argument is such a URL, or has one behind =.
func namesCloud(arg string) bool {
	if strings.HasPrefix(arg, "-") {
		_, arg, _ = strings.Cut(arg, "=")
	}
	return files.IsURL(arg) && !strings.HasPrefix(strings.ToLower(arg), "file:")
}

func findBeside(name string) string {
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if st, err := os.Stat(beside); err == nil && st.Mode().IsRegular() {
			return beside
		}
	}
	found, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return found
}

package faulttest

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// onDisk is a shell script that runs a command on a small file system of its own,
// which only its processes see. $1 is the folder of the trial, whose files are
// brought there and back, $2 what mount is told, $3 what is done to the file
// system before the command, which is the rest.
const onDisk = `set -e
dir=$1 options=$2 before=$3
shift 3
mount -t tmpfs -o "$options" none "$dir-disk"
cp -a "$dir/." "$dir-disk"
cd "$dir-disk"
eval "$before"
code=0
TMPDIR=$dir-disk/tmp "$@" || code=$?
find "$dir" -mindepth 1 -delete
cp -a "$dir-disk/." "$dir"
exit $code`

// needNamespaces skips a test where an ordinary process cannot mount anything.
func needNamespaces(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	if err := exec.Command("unshare", "-rm", "mount", "-t", "tmpfs", "none", dir).Run(); err != nil {
		t.Skipf("SKIPPED: no file system can be mounted here: %v", err)
	}
}

// onSmallDisk runs the command of the scenario on a file system.
func (t *trial) onSmallDisk(options, before string) (code int, said string) {
	t.Helper()
	must(t.T, os.MkdirAll(t.dir+"-disk", 0o777))
	return t.run(t.command("unshare", "-rm", "sh", "-c", onDisk, "sh", t.dir, options, before))
}

// TestFullDisk gives the output less room than it needs, in many sizes: from one
// on which nothing fits to one on which everything does.
func TestFullDisk(t *testing.T) {
	needNamespaces(t)
	for _, s := range append(scenarios, scenario{
		name: "resume", args: "encrypt {coco} out -k {key} --resume", target: "out", key: "{key}", sealed: true,
	}) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tr := newTrial(t, s)
			full, step := 0, 12
			if thorough {
				step = 4
			}
			for room := 0; ; room += step {
				tr.what = fmt.Sprintf("%d KB of room", room)
				if tr.isFull(room) {
					full++
					continue
				}
				break
			}
			if full < 2 {
				t.Errorf("the disk was full %d times", full)
			}
		})
	}
}

// isFull runs the scenario with some room left on the disk, and reports whether
// that was too little.
func (t *trial) isFull(room int) bool {
	t.Helper()
	t.reset()
	// Fill the rest, in pages of 4 KB as the file system counts them.
	fill := fmt.Sprintf(`free=$(df -k --output=avail . | tail -1); head -c $(( (free-%d)*1024 )) /dev/zero > tmp/filler || :`, room)
	code, said := t.onSmallDisk("size=2m", fill)
	must(t.T, os.RemoveAll(t.path("tmp/filler")))
	state := t.oldOrNew()
	if code == 0 {
		if state != "new" {
			t.Errorf("%s: it says that it is done, and the target is %s", t.what, state)
		}
		return false
	}
	tried.Add(1)
	t.plainWords(code, said)
	if !strings.Contains(said, "no space left on device") || !strings.Contains(said, "hint: the disk is full") {
		t.Errorf("%s: %s", t.what, said)
	}
	kept := strings.Contains(said, "media files are finished and kept")
	if !kept {
		t.nothingLeft()
	}
	t.nothingInPlain()
	t.again(state)
	return true
}

// TestReadOnlyDisk has no place for anything.
func TestReadOnlyDisk(t *testing.T) {
	needNamespaces(t)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tr := newTrial(t, s)
			tr.what = "a disk that is read-only"
			code, said := tr.onSmallDisk("size=2m", `mount -o remount,ro "$dir-disk"`)
			if code == 0 || !strings.Contains(said, "read-only file system") || !strings.Contains(said, "hint: name an output") {
				t.Errorf("exit code %d\n%s", code, said)
			}
			tried.Add(1)
			if state := tr.oldOrNew(); state != "old" {
				t.Errorf("the target is %s", state)
			}
			tr.nothingLeft()
		})
	}
}

// TestAnotherDisk has the input and the temporary files on another file system
// than the output.
func TestAnotherDisk(t *testing.T) {
	needNamespaces(t)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tr := newTrial(t, s)
			if code, said := tr.onSmallDisk("size=4m", ""); code != 0 {
				t.Errorf("exit code %d\n%s", code, said)
			}
			if state := tr.state(); state != "new" {
				t.Errorf("the target is %s", state)
			}
		})
	}
}

// TestLargestFile has a system that allows files of a few bytes only.
func TestLargestFile(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tr := newTrial(t, s)
			for blocks := range 6 { // of 512 bytes
				tr.what = fmt.Sprintf("files of %d bytes", blocks*512)
				tr.reset()
				code, said := tr.run(tr.command("sh", "-c", fmt.Sprintf(`ulimit -f %d; exec "$@"`, blocks), "sh"))
				state := tr.oldOrNew()
				if code == 0 && state != "new" {
					t.Errorf("%s: it says that it is done, and the target is %s", tr.what, state)
				}
				if code != 0 {
					tried.Add(1)
					tr.plainWords(code, said)
				}
				tr.nothingLeft()
				tr.again(state)
			}
		})
	}
}

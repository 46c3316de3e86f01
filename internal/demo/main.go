// Command demo shows on the bundled sample what datum does, step by step, and
// fails where a step does not hold what it says. "make demo" runs it.
package main

import (
	"errors"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"datum/formats/coco/cocotest"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: demo DATUM SAMPLE")
		os.Exit(2)
	}
	if err := demo(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "demo: "+err.Error())
		os.Exit(1)
	}
}

// stage is where the demo works and how it prints.
type stage struct {
	datum, sample, dir string
	step               int
	withoutRuntime     bool
}

func demo(program, sample string) error {
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "datum-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s := &stage{datum: program, sample: sample, dir: dir}
	begun := time.Now()
	for _, do := range []func() error{s.look, s.encrypt, s.closed, s.detect, s.verify, s.tamper, s.decrypt, s.equal, s.runtime, s.model, s.evaluate, s.predict} {
		if err := do(); err != nil {
			return err
		}
	}
	stays := "The runtime and the picture stay; all else"
	if s.withoutRuntime {
		stays = "All"
	}
	fmt.Printf("\nAll steps held, in %.1f seconds. %s was in a temporary folder, which is gone now.\n", time.Since(begun).Seconds(), stays)
	return nil
}

func (s *stage) say(format string, args ...any) {
	s.step++
	fmt.Printf("\n%d. %s\n", s.step, fmt.Sprintf(format, args...))
}

func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

// short shows paths as a person would type them.
func (s *stage) short(text string) string {
	return strings.NewReplacer(s.dir+string(filepath.Separator), "", s.sample, "sample").Replace(text)
}

// run shows a command line and its output.
func (s *stage) run(args ...string) (string, error) {
	fmt.Println("   $ datum " + s.short(strings.Join(args, " ")))
	out, err := s.command(args).CombinedOutput()
	for line := range strings.Lines(s.short(string(out))) {
		fmt.Print("     " + line)
	}
	return string(out), err
}

// output shows a command line and returns its output.
func (s *stage) output(args ...string) ([]byte, error) {
	fmt.Println("   $ datum " + s.short(strings.Join(args, " ")))
	return s.command(args).Output()
}

// command keeps what datum keeps for the next run of a model in the folder of the demo.
func (s *stage) command(args []string) *exec.Cmd {
	c := exec.Command(s.datum, args...)
	if args[0] != "runtime" {
		c.Env = append(os.Environ(), "XDG_CACHE_HOME="+s.path("cache"))
	}
	return c
}

func (s *stage) look() error {
	s.say("A small COCO dataset: pictures, and JSON files that say what is in them.")
	_, err := s.run("info", s.sample)
	return err
}

func (s *stage) encrypt() error {
	s.say("It is encrypted into a new folder. The key goes into a file of its own, which only its owner can read.")
	if _, err := s.run("encrypt", s.sample, s.path("encrypted"), "--key-out", s.path("my.key")); err != nil {
		return err
	}
	st, err := os.Stat(s.path("my.key"))
	if err != nil {
		return err
	}
	if st.Mode().Perm() != 0o600 {
		return fmt.Errorf("the key file has mode %v", st.Mode())
	}
	return nil
}

// closed tries to open every picture.
func (s *stage) closed() error {
	s.say("The pictures keep their names, but they are no pictures any more.")
	open, shut := 0, 0
	var example string
	err := filepath.WalkDir(s.path("encrypted/images"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if canOpen(p) {
			open++
			return nil
		}
		shut++
		example = p
		return nil
	})
	if err != nil {
		return err
	}
	b, err := os.ReadFile(example)
	if err != nil {
		return err
	}
	fmt.Printf("     %s begins with %q\n", filepath.Base(example), b[:min(40, len(b))])
	fmt.Printf("     pictures that an image program can open: %d of %d\n", open, open+shut)
	if open > 0 || shut == 0 {
		return errors.New("a picture can still be opened")
	}
	return nil
}

func canOpen(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	_, _, err = image.Decode(f)
	return err == nil
}

func (s *stage) detect() error {
	s.say("datum still recognises the folder, and says what can be seen without the key. A wrong key opens nothing.")
	if _, err := s.run("detect", s.path("encrypted")); err != nil {
		return err
	}
	if _, err := s.run("info", s.path("encrypted")); err != nil {
		return err
	}
	if _, err := s.run("key", "new", s.path("wrong.key")); err != nil {
		return err
	}
	if _, err := s.run("info", s.path("encrypted"), "--encryption-key-file", s.path("wrong.key")); err == nil {
		return errors.New("a wrong key was accepted")
	}
	return nil
}

func (s *stage) verify() error {
	s.say("With the key every byte can be checked without writing anything.")
	_, err := s.run("verify", s.path("encrypted"), "--encryption-key-file", s.path("my.key"))
	return err
}

// tamper swaps two encrypted pictures, which are both valid on their own.
func (s *stage) tamper() error {
	s.say("Somebody without the key swaps two encrypted pictures. Both are sound, but not in their place: it is noticed.")
	copied := s.path("tampered")
	if err := os.CopyFS(copied, os.DirFS(s.path("encrypted"))); err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(copied, "images", "*", "*"))
	if err != nil || len(found) < 2 {
		return fmt.Errorf("no two pictures to swap: %v", err)
	}
	between := filepath.Join(copied, "between")
	for _, move := range [][2]string{{found[0], between}, {found[1], found[0]}, {between, found[1]}} {
		if err := os.Rename(move[0], move[1]); err != nil {
			return err
		}
	}
	if _, err := s.run("verify", copied, "--encryption-key-file", s.path("my.key")); err == nil {
		return errors.New("the swap was not noticed")
	}
	return nil
}

func (s *stage) decrypt() error {
	s.say("It is decrypted again, to COCO.")
	_, err := s.run("decrypt", s.path("encrypted"), s.path("decrypted"), "--encryption-key-file", s.path("my.key"), "-f", "coco")
	return err
}

func (s *stage) equal() error {
	s.say("What came back is compared with the original: every value of the JSON files, in order, and every byte of the pictures.")
	if diff := cocotest.Diff(s.sample, s.path("decrypted")); len(diff) > 0 {
		return fmt.Errorf("it differs:\n%s", strings.Join(diff, "\n"))
	}
	fmt.Println("     no difference")
	return nil
}

// runtime installs what models run on, which stays. Where it cannot be had, for
// want of a network, the rest has still been shown.
func (s *stage) runtime() error {
	s.say("Models run on OpenVINO: its libraries come out of the published wheel into your data folder. \"datum runtime remove\" takes them away again.")
	if _, err := s.run("runtime", "install"); err != nil {
		const damaged = 13
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == damaged {
			return err
		}
		fmt.Println("     This step is left out: the runtime cannot be had here.")
		s.withoutRuntime = true
		return nil
	}
	_, err := s.run("runtime", "status", "--check")
	return err
}

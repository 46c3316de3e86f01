// Command generate reads the headers of OpenVINO's C API and writes a C file that
// defines each function as a forwarder through a pointer, and the table by which
// the pointers are found once the library is opened. So the compiler checks
// every call against the real prototypes, and the program needs no library to
// start.
//
//	generate include forwarders.c
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want two arguments, the folder of headers and the file to write")
	}
	functions, err := readHeaders(args[0])
	if err != nil {
		return err
	}
	return os.WriteFile(args[1], forwarders(functions), 0o644)
}

// readHeaders returns the functions of all headers, in the order of their names.
func readHeaders(dir string) ([]function, error) {
	headers, err := filepath.Glob(filepath.Join(dir, "openvino", "c", "*.h"))
	if err != nil {
		return nil, err
	}
	var all []function
	for _, header := range headers {
		text, err := os.ReadFile(header)
		if err != nil {
			return nil, err
		}
		functions, err := parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", header, err)
		}
		all = append(all, functions...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no function in the headers of %s", dir)
	}
	slices.SortFunc(all, func(a, b function) int { return compareNames(a, b) })
	return all, nil
}

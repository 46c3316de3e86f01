package install

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
)

// Settings are what pip is told about where packages come from.
type Settings struct {
	// Indexes are the addresses of package indexes, FindLinks folders and pages
	// with packages, TrustedHosts those whose certificates do not matter.
	Indexes, FindLinks, TrustedHosts []string
	NoIndex                          bool
	// Cert is a file of certificates, Proxy the address of a proxy.
	Cert, Proxy string
}

// PipSettings reads pip's configuration files and its environment variables. As
// pip does it, a file that cannot be read counts as empty.
func PipSettings(getenv func(string) string) Settings {
	return settingsIn(pipFiles(getenv), getenv)
}

func settingsIn(files []string, getenv func(string) string) Settings {
	get := pipLookup(files, getenv)
	s := Settings{
		Indexes:      append(strings.Fields(get("index-url")), strings.Fields(get("extra-index-url"))...),
		FindLinks:    strings.Fields(get("find-links")),
		TrustedHosts: strings.Fields(get("trusted-host")),
		NoIndex:      truth(get("no-index")),
		Cert:         get("cert"),
		Proxy:        get("proxy"),
	}
	for _, other := range []string{"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		if s.Cert == "" {
			s.Cert = getenv(other)
		}
	}
	if len(strings.Fields(get("index-url"))) == 0 && len(s.Indexes) > 0 {
		// Only extra indexes are configured: pip asks its own one besides.
		s.Indexes = nil
	}
	return s
}

// truth reads a boolean as pip does.
func truth(s string) bool {
	switch strings.ToLower(s) {
	case "y", "yes", "t", "true", "on", "1":
		return true
	}
	return false
}

// pipLookup returns the value of an option: that of the environment before that
// of a command's section, and this before that of the section global.
func pipLookup(files []string, getenv func(string) string) func(option string) string {
	values := map[string]string{} // by "section.option"
	for _, path := range files {
		if text, err := readSmall(path); err == nil {
			parseINI(text, values)
		}
	}
	return func(option string) string {
		if v := getenv("PIP_" + strings.ToUpper(strings.ReplaceAll(option, "-", "_"))); v != "" {
			return v
		}
		for _, section := range []string{"download", "install", "global"} {
			if v := values[section+"."+option]; v != "" {
				return v
			}
		}
		return ""
	}
}

const systemPipConf = "/etc/pip.conf"

// pipFiles lists pip's configuration files, the most important last.
func pipFiles(getenv func(string) string) []string {
	chosen := getenv("PIP_CONFIG_FILE")
	if chosen == os.DevNull {
		return nil
	}
	var files []string
	for _, dir := range filepath.SplitList(cmp.Or(getenv("XDG_CONFIG_DIRS"), "/etc/xdg")) {
		files = append(files, filepath.Join(dir, "pip", "pip.conf"))
	}
	files = append(files, systemPipConf)
	if _, err := os.Stat(chosen); chosen == "" || err != nil {
		home := getenv("HOME")
		files = append(files, filepath.Join(home, ".pip", "pip.conf"),
			filepath.Join(cmp.Or(getenv("XDG_CONFIG_HOME"), filepath.Join(home, ".config")), "pip", "pip.conf"))
	}
	if venv := getenv("VIRTUAL_ENV"); venv != "" {
		files = append(files, filepath.Join(venv, "pip.conf"))
	}
	if chosen != "" {
		files = append(files, chosen)
	}
	return files
}

// parseINI adds the options of a configuration file to values. Lines that begin
// with a space go on with the value above them.
func parseINI(text string, values map[string]string) {
	section, name := "", ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
		case line[0] == ' ' || line[0] == '\t':
			if name != "" {
				values[name] = strings.TrimSpace(values[name] + "\n" + trimmed)
			}
		case trimmed[0] == '[':
			section, name = strings.Trim(trimmed, "[]"), ""
		default:
			option, value := trimmed, ""
			if i := strings.IndexAny(trimmed, "=:"); i >= 0 {
				option, value = strings.TrimSpace(trimmed[:i]), strings.TrimSpace(trimmed[i+1:])
			}
			option = strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(option), "_", "-"), "--")
			name = section + "." + option
			values[name] = value
		}
	}
}

package install

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

func TestPipSettings(t *testing.T) {
	t.Parallel()
	home, system, venv := private(t), private(t), private(t)
	write(t, filepath.Join(system, "pip", "pip.conf"), []byte("[global]\nindex-url = http://system/\ntrusted-host = a\n    b\n"))
	write(t, filepath.Join(home, ".pip", "pip.conf"), []byte("[global]\nindex_url: http://legacy/\n"))
	write(t, filepath.Join(home, ".config", "pip", "pip.conf"), []byte("[global]\nIndex-URL = http://user/\n"))
	write(t, filepath.Join(home, "xdg", "pip", "pip.conf"), []byte("[download]\nindex-url = http://download/\n[global]\nindex-url = http://global/\n[install]\nindex-url = http://install/\n"))
	write(t, filepath.Join(venv, "pip.conf"), []byte("[global]\nindex-url = http://venv/\n"))
	chosen := write(t, filepath.Join(home, "chosen.conf"), []byte("[global]\nextra-index-url = http://x/ http://y/\ncert = /c\nno-index = off\n"))
	base := []string{"XDG_CONFIG_DIRS", system, "HOME", home}
	for name, test := range map[string]struct {
		env  []string
		want Settings
	}{
		"the system's, then the user's": {nil, Settings{Indexes: []string{"http://user/"}, TrustedHosts: []string{"a", "b"}}},
		"a command's section counts":    {[]string{"XDG_CONFIG_HOME", filepath.Join(home, "xdg")}, Settings{Indexes: []string{"http://download/"}, TrustedHosts: []string{"a", "b"}}},
		"the environment's":             {[]string{"VIRTUAL_ENV", venv}, Settings{Indexes: []string{"http://venv/"}, TrustedHosts: []string{"a", "b"}}},
		"a file that is chosen":         {[]string{"PIP_CONFIG_FILE", chosen}, Settings{Indexes: []string{"http://system/", "http://x/", "http://y/"}, TrustedHosts: []string{"a", "b"}, Cert: "/c"}},
		"a chosen file that is not there": {[]string{"PIP_CONFIG_FILE", "/nowhere/pip.conf"},
			Settings{Indexes: []string{"http://user/"}, TrustedHosts: []string{"a", "b"}}},
		"no files at all": {[]string{"PIP_CONFIG_FILE", os.DevNull}, Settings{}},
		"variables": {[]string{"PIP_CONFIG_FILE", os.DevNull, "PIP_INDEX_URL", "http://e/", "PIP_EXTRA_INDEX_URL", "http://f/\nhttp://g/", "PIP_FIND_LINKS", "/w /v",
			"PIP_NO_INDEX", "Yes", "PIP_CERT", "/c", "PIP_TRUSTED_HOST", "h h:1", "PIP_PROXY", "http://p:1"},
			Settings{Indexes: []string{"http://e/", "http://f/", "http://g/"}, FindLinks: []string{"/w", "/v"}, NoIndex: true, Cert: "/c", TrustedHosts: []string{"h", "h:1"}, Proxy: "http://p:1"}},
		"a variable that is empty":      {[]string{"PIP_INDEX_URL", ""}, Settings{Indexes: []string{"http://user/"}, TrustedHosts: []string{"a", "b"}}},
		"only an extra index":           {[]string{"PIP_CONFIG_FILE", os.DevNull, "PIP_EXTRA_INDEX_URL", "http://f/"}, Settings{}},
		"certificates of other clients": {[]string{"PIP_CONFIG_FILE", os.DevNull, "REQUESTS_CA_BUNDLE", "/r", "CURL_CA_BUNDLE", "/s"}, Settings{Cert: "/r"}},
	} {
		getenv := env(append(test.env, base...)...)
		files := slices.DeleteFunc(pipFiles(getenv), func(path string) bool { return path == systemPipConf }) // this machine's
		got := settingsIn(files, getenv)
		for _, list := range []*[]string{&got.Indexes, &got.FindLinks, &got.TrustedHosts} {
			if len(*list) == 0 {
				*list = nil
			}
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestParseINI(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]map[string]string{
		"":                                 {},
		"[global]\nindex-url = http://a/":  {"global.index-url": "http://a/"},
		"[global]\nindex-url: http://a:1/": {"global.index-url": "http://a:1/"},
		"[global]\n--Index_URL=http://a/?x=1&y:2": {"global.index-url": "http://a/?x=1&y:2"},
		"[a]\nx = 1\n# no\n; no\n  2\n\n\t3\n":    {"a.x": "1\n2\n3"},
		"[a]\nx =\n  1\n  2\n[b]\nx=3":            {"a.x": "1\n2", "b.x": "3"},
		"[a]\nx = 1 # stays":                      {"a.x": "1 # stays"},
		"[a]\nx\n":                                {"a.x": ""},
		"  lost\n[a]\n  lost\r\nx = 1\r\n":        {"a.x": "1"},
		"[a]\nx = 1\nx = 2":                       {"a.x": "2"},
		"[a\nx = 1":                               {"a.x": "1"},
	} {
		got := map[string]string{}
		parseINI(text, got)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestParseNetrc(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]map[string]login{
		"":                                         {},
		"machine a login b password c":             {"a": {"b", "c"}},
		"machine A\n  login b\n  password c\n":     {"a": {"b", "c"}},
		"machine a login b account x password c":   {"a": {"b", "c"}},
		"machine a login b\nmachine d password e":  {"a": {"b", ""}, "d": {"", "e"}},
		"default login b password c":               {"": {"b", "c"}},
		"# no\nmachine a login b password c # no":  {"a": {"b", "c"}},
		"macdef m\nmachine x\n\nmachine a login b": {"a": {"b", ""}},
		"login b":         {},
		"machine":         {},
		"machine a login": {"a": {"", ""}},
		"machine a password #c login b\nmachine d x": {"a": {"b", "#c"}, "d": {}},
	} {
		if got := parseNetrc(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzSettings(f *testing.F) {
	f.Add("[global]\nindex-url = http://a/\n  http://b\nmachine a login b password c\n")
	f.Add("[a\n=\n \n:\nmacdef\n\ndefault\n")
	f.Fuzz(func(t *testing.T, text string) {
		parseINI(text, map[string]string{})
		parseNetrc(text)
		parseCPU(text)
		lastError(text, os.ErrInvalid)
	})
}

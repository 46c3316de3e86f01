package install

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"datum/formats"
)

func TestWheelNames(t *testing.T) {
	t.Parallel()
	for platform, tests := range map[string]map[string]bool{
		"manylinux_2_28_x86_64": {
			"openvino-2026.4.1-22982-cp311-cp311-manylinux_2_28_x86_64.whl":                      true,
			"openvino-2026.4.1-cp314-cp314t-manylinux_2_28_x86_64.whl":                           true,
			"openvino-2026.4.1-1-cp310-cp310-manylinux2014_x86_64.manylinux_2_28_x86_64.whl":     true,
			"openvino-2026.4.1-1-cp310-cp310-manylinux_2_28_x86_64.manylinux_2_34_x86_64.whl":    true,
			"openvino-2026.4.1-22982-cp311-cp311-manylinux_2_35_aarch64.whl":                     false,
			"openvino-2026.4.1-22982-cp311-cp311-win_amd64.whl":                                  false,
			"openvino-2026.4.0-22982-cp311-cp311-manylinux_2_28_x86_64.whl":                      false,
			"openvino-2026.4.10-cp311-cp311-manylinux_2_28_x86_64.whl":                           false,
			"openvino-2026x4x1-cp311-cp311-manylinux_2_28_x86_64.whl":                            false,
			"openvino_dev-2026.4.1-cp311-cp311-manylinux_2_28_x86_64.whl":                        false,
			"openvino-2026.4.1-cp311-cp311-manylinux_2_28_x86_64.whl.metadata":                   false,
			"openvino-2026.4.1.tar.gz":                                                           false,
			"x/openvino-2026.4.1-cp311-cp311-manylinux_2_28_x86_64.whl":                          false,
			"openvino-2026.4.1-cp311-cp311-xmanylinux_2_28_x86_64.whl":                           false,
			"openvino-2026.4.1-22982-cp311-cp311-manylinux_2_28_x86_64_and_more.whl":             false,
			"openvino-2026.4.1-notanumber-cp311-cp311-manylinux_2_28_x86_64.whl":                 false,
			"OPENVINO-2026.4.1-cp311-cp311-manylinux_2_28_x86_64.whl":                            false,
			"openvino-2026.4.1-22982-cp311-cp311-manylinux_2_28_x86_64.whl#sha256=00":            false,
			"openvino-2026.4.1-22982-cp311-cp311-manylinux_2_28_x86_64.whl\nopenvino-x-y-z.whl":  false,
			"openvino-2026.4.1-22982-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl": false,
		},
		"manylinux_2_35_aarch64": {
			"openvino-2026.4.1-22982-cp311-cp311-manylinux_2_35_aarch64.whl": true,
			"openvino-2026.4.1-22982-cp311-cp311-manylinux_2_28_x86_64.whl":  false,
		},
	} {
		names := runtimeOf(platform, nil, nil).wheelNames()
		for name, want := range tests {
			if names.MatchString(name) != want {
				t.Errorf("%s: want %v", name, want)
			}
		}
	}
}

func TestLookUp(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	for name, test := range map[string]struct {
		page, contentType string
		want              string // the path found, or what the error says
	}{
		"JSON":                      {jsonPage, jsonType, "/files/" + fakeWheel},
		"JSON of the plain type":    {jsonPage, "application/json", "/files/" + fakeWheel},
		"HTML":                      {htmlPage, "text/html", "/files/" + fakeWheel},
		"HTML without a type":       {htmlPage, "", "/files/" + fakeWheel},
		"quotes of the other kind":  {"<a href='%s'>", "text/html", "/files/" + fakeWheel},
		"entities":                  {"<a href='%s?a=1&amp;b=2'>", "text/html", "/files/" + fakeWheel},
		"JSON said to be HTML":      {jsonPage, "text/html", "has no wheel"},
		"broken JSON":               {`{"files":[{"url":"%s"`, jsonType, "no JSON"},
		"JSON of another shape":     {`{"files":7,"x":"%s"}`, jsonType, "no JSON"},
		"nothing":                   {"", "text/html", "has no wheel"},
		"an empty list":             {`{"files":[],"x":"%s"}`, jsonType, "has no wheel"},
		"a link to another scheme":  {"<a href='ftp://x/%s'>", "text/html", "has no wheel"},
		"a link that is none":       {"<a href='http://[%s'>", "text/html", "has no wheel"},
		"a link with a login in it": {"<a href='http://a:b@127.0.0.1/%s'>", "text/html", "/files/" + fakeWheel},
	} {
		s := f.serve(t, func(s *server) { s.page, s.contentType = test.page, test.contentType })
		c, err := newClient(Settings{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.lookUp(t.Context(), s.index(), false, f.release)
		switch {
		case err != nil && !strings.Contains(err.Error(), test.want), err == nil && (got.Path != test.want || got.User != nil):
			t.Errorf("%s: %v, %v, want %s", name, got, err, test.want)
		}
	}
}

// An index that has it not, or does not answer, is passed over for the next.
func TestSeveralIndexes(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	good, dead := f.serve(t, nil), f.serve(t, nil)
	dead.Close()
	empty := f.serve(t, func(s *server) { s.page = `{"files":[],"x":"%s"}` })
	page := f.serve(t, func(s *server) { s.page, s.contentType = htmlPage, "text/html" })
	for name, test := range map[string]struct {
		env []string
		ok  bool
	}{
		"the second":       {[]string{"PIP_INDEX_URL", empty.index(), "PIP_EXTRA_INDEX_URL", good.index()}, true},
		"the third":        {[]string{"PIP_INDEX_URL", dead.index(), "PIP_EXTRA_INDEX_URL", good.URL + "/none " + good.index()}, true},
		"a page of links":  {[]string{"PIP_NO_INDEX", "1", "PIP_FIND_LINKS", page.index() + "/openvino/"}, true},
		"none":             {[]string{"PIP_INDEX_URL", empty.index(), "PIP_EXTRA_INDEX_URL", dead.index()}, false},
		"not an index":     {[]string{"PIP_INDEX_URL", "nonsense"}, false},
		"nothing at these": {[]string{"PIP_INDEX_URL", good.URL + "/nothing"}, false},
	} {
		data := private(t)
		_, err := Install(t.Context(), f.options(data, test.env...))
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			f.installed(t, data)
		} else if formats.Hint(err) == "" {
			t.Errorf("%s: %v has no hint", name, err)
		}
	}
}

func TestPagesHaveAnEnd(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	s := f.serve(t, func(s *server) { s.page, s.contentType = strings.Repeat("x", mostIndex+1)+"%s", "text/html" })
	c, err := newClient(Settings{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.lookUp(t.Context(), s.index(), false, f.release); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("%v", err)
	}
}

func FuzzIndexPage(f *testing.F) {
	f.Add([]byte(strings.ReplaceAll(jsonPage, "%s", "../x/"+fakeWheel)), "json")
	f.Add([]byte(strings.ReplaceAll(htmlPage, "%s", "../x/"+fakeWheel)), "html")
	f.Add([]byte("<base href='http://b/'><a href='"+fakeWheel+"'>"), "")
	page, _ := url.Parse("http://host/simple/openvino/")
	r := runtimeOf("manylinux_2_28_x86_64", nil, nil)
	f.Fuzz(func(t *testing.T, text []byte, contentType string) {
		links, err := linksOf(text, contentType)
		if err != nil {
			return
		}
		c := &client{http: http.DefaultClient, logins: map[string]login{}}
		if u := c.choose(page, links, r); u != nil && (u.User != nil || u.Scheme != "http" && u.Scheme != "https" || u.Fragment != "") {
			t.Errorf("%v", u)
		}
	})
}

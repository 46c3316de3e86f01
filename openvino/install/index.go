package install

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	"datum/formats"
)

// errNotThere: a place has no wheel for this machine, and another one may.
var errNotThere = errors.New("has not the wheel for this machine")

// mostIndex is how much is read of an index's page about one package.
const mostIndex = 32 << 20

func (r *Release) notThere(place string) error {
	return formats.Reason(errNotThere, "%s has no wheel of %s %s for this machine", place, r.Package, r.Version)
}

// wheelNames matches the names of wheels that hold the release: for any Python,
// and for the platform among others.
func (r *Release) wheelNames() *regexp.Regexp {
	return regexp.MustCompile(`^` + r.Package + `-` + regexp.QuoteMeta(r.Version) + `(-\d[^-]*)?-[^-]+-[^-]+-([^-]*\.)?` + regexp.QuoteMeta(r.Platform) + `(\.[^-]*)?\.whl$`)
}

// lookUp asks an index for the address of the wheel. Where exact is set, the
// address is that of a page with links, and not of an index.
func (c *client) lookUp(ctx context.Context, address string, exact bool, r *Release) (*url.URL, error) {
	u, err := c.address(address)
	if err != nil {
		return nil, err
	}
	if !exact {
		u = u.JoinPath(r.Package, "/")
	}
	rs, err := c.get(ctx, u, map[string]string{
		"Accept": "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01",
	}, http.StatusOK)
	var status *statusError
	if errors.As(err, &status) && status.code == http.StatusNotFound {
		return nil, r.notThere(shown(u))
	}
	if err != nil {
		return nil, err
	}
	defer rs.Body.Close()
	text, err := io.ReadAll(io.LimitReader(rs.Body, mostIndex+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", shown(u), err)
	case len(text) > mostIndex:
		return nil, fmt.Errorf("%s: the page has more than %d bytes", shown(u), mostIndex)
	}
	links, err := linksOf(text, rs.Header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown(u), err)
	}
	if found := c.choose(rs.Request.URL, links, r); found != nil {
		return found, nil
	}
	return nil, r.notThere(shown(u))
}

var (
	hrefs = regexp.MustCompile(`(?is)<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	bases = regexp.MustCompile(`(?is)<base\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')`)
)

// links are what a page refers to, relative to base.
type links struct {
	base  string
	hrefs []string
}

// linksOf reads a page of an index, in the JSON of PEP 691 or the HTML of PEP 503.
func linksOf(text []byte, contentType string) (l links, err error) {
	if strings.Contains(contentType, "json") {
		var page struct {
			Files []struct {
				URL string `json:"url"`
			} `json:"files"`
		}
		if err := json.Unmarshal(text, &page); err != nil {
			return l, fmt.Errorf("the index's page is no JSON: %w", err)
		}
		for _, f := range page.Files {
			l.hrefs = append(l.hrefs, f.URL)
		}
		return l, nil
	}
	if m := bases.FindSubmatch(text); m != nil {
		l.base = html.UnescapeString(string(m[1]) + string(m[2]))
	}
	for _, m := range hrefs.FindAllSubmatch(text, -1) {
		l.hrefs = append(l.hrefs, html.UnescapeString(string(m[1])+string(m[2])))
	}
	return l, nil
}

// choose returns the address of the wheel among a page's links, if it is there.
// Which of several makes no difference.
func (c *client) choose(page *url.URL, l links, r *Release) *url.URL {
	if base, err := page.Parse(l.base); err == nil {
		page = base
	}
	names := r.wheelNames()
	for _, link := range l.hrefs {
		u, err := page.Parse(link)
		if err != nil || !names.MatchString(path.Base(u.Path)) {
			continue
		}
		u.Fragment = ""
		if u, err = c.address(u.String()); err == nil {
			return u
		}
	}
	return nil
}

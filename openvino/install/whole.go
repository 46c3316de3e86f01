package install

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"datum/formats"
)

// downloadWhole downloads a wheel from a server that does not give parts.
func downloadWhole(ctx context.Context, c *client, u *url.URL, parts string, meter Meter) (source, error) {
	path := filepath.Join(parts, "whole.whl")
	err := c.persist(ctx, func() (bool, error) { return false, c.save(ctx, u, path, meter) })
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown(u), err)
	}
	w, err := openWheel(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown(u), err)
	}
	return w, nil
}

// save writes what is at u to a file, from its beginning.
func (c *client) save(ctx context.Context, u *url.URL, path string, meter Meter) error {
	rs, err := c.get(ctx, u, map[string]string{"Accept-Encoding": "identity"}, http.StatusOK)
	if err != nil {
		return err
	}
	defer rs.Body.Close()
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	add, done := meter.start("downloading", rs.ContentLength)
	defer done()
	n, err := io.Copy(counting{f, add}, io.LimitReader(rs.Body, mostWheel+1))
	switch {
	case err != nil:
		return err
	case n > mostWheel:
		return formats.Reason(formats.ErrCorrupt, "it has more than %d bytes, which is too many for the wheel", mostWheel)
	}
	return f.Close()
}

package formats

import "datum/files"

// LocalName turns a file:// URL into the path that it stands for; any other name
// stays as it is. Errors match [ErrUsage].
func LocalName(name string) (string, error) {
	local, err := files.FromFileURL(name)
	if err != nil {
		return "", Reason(ErrUsage, "%s: %w", files.URLName(name), err)
	}
	return local, nil
}

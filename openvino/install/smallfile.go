package install

import (
	"fmt"
	"io"
	"os"
)

// mostConfig is how much is read of a configuration file.
const mostConfig = 1 << 20

// readSmall reads a file that people write by hand.
func readSmall(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostConfig+1))
	if err == nil && len(text) > mostConfig {
		err = fmt.Errorf("%s has more than %d bytes", path, mostConfig)
	}
	return string(text), err
}

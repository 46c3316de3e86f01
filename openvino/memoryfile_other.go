//go:build !linux

package openvino

import "os"

func memoryFile() (*os.File, string, error) { return nil, "", ErrUnavailable }

//go:build !linux

package serve

import "time"

func processorTime() (time.Duration, bool) { return 0, false }
func residentMemory() (int64, bool)        { return 0, false }

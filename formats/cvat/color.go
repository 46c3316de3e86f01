package cvat

import (
	"fmt"
	"strconv"
	"strings"
)

// parseColor reads "#rrggbb" or "#rgb".
func parseColor(s string) (r, g, b int32, ok bool) {
	hex := strings.TrimPrefix(s, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 || hex == s {
		return 0, 0, 0, false
	}
	return int32(n >> 16), int32(n >> 8 & 0xff), int32(n & 0xff), true
}

func colorText(r, g, b int32) string { return fmt.Sprintf("#%02x%02x%02x", r, g, b) }

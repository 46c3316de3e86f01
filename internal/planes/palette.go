package planes

// PaletteColor returns the colour of a number as in the palettes of PASCAL VOC:
// its bits are spread over the three channels, the lowest ones first.
func PaletteColor(n int32) (c [3]int32) {
	for bit := 7; n > 0 && bit >= 0; bit-- {
		for channel := range c {
			c[channel] |= (n >> channel & 1) << bit
		}
		n >>= 3
	}
	return c
}

package rgb

// turn lays a stored picture as its EXIF orientation (2 to 8) shows it.
func turn(to, from *Picture, orientation int) {
	width, height := from.Width, from.Height
	if orientation >= 5 {
		width, height = height, width
	}
	to.reset(width, height)
	for y := range height {
		row := to.row(y)
		at, step := start(from, orientation, y)
		for x := 0; x < len(row); x += 3 {
			copy(row[x:x+3], from.Pix[at:at+3])
			at += step
		}
	}
}

// start says where row y of the turned picture begins in the stored one, and
// how far apart its pixels are there.
func start(from *Picture, orientation, y int) (at, step int) {
	const across = 3
	down := 3 * from.Width
	right, bottom := (from.Width-1)*across, (from.Height-1)*down
	switch orientation {
	case 2:
		return y*down + right, -across
	case 3:
		return bottom - y*down + right, -across
	case 4:
		return bottom - y*down, across
	case 5:
		return y * across, down
	case 6:
		return y*across + bottom, -down
	case 7:
		return right - y*across + bottom, -down
	case 8:
		return right - y*across, down
	}
	return y * down, across
}

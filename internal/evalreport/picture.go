package evalreport

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"math"
	"strconv"

	"datum/metrics"
)

// A Picture is an image of the dataset with what is in it and what was found.
type Picture struct {
	Name string
	// Reason says why it is shown: "3 missed, 1 invented".
	Reason string
	// Data is the content of a JPEG or PNG file. Without it, or if it is
	// something else, only the boxes are drawn.
	Data []byte
	// Width and Height are the size of the picture in which the boxes are.
	Width, Height int
	// Upright says that the boxes are in the picture turned as its EXIF data
	// say, and not as it is stored.
	Upright bool
	// Truths and Detections are drawn on the picture.
	Truths, Detections []Mark
}

// A Mark is a box with a text.
type Mark struct {
	Box   metrics.Box
	Label string
	// Score is that of a detection.
	Score float64
	// Wrong is a truth that was missed or a detection that is none. It is drawn
	// more clearly.
	Wrong bool
}

// pictureView is a picture as the page shows it.
type pictureView struct {
	ID, Name, Reason   string
	URL                template.URL // empty where there is no picture
	Width, Height      int
	Upright            bool
	Wide               float64 // the width over the height, within reason
	Font               string
	Truths, Detections []markView
}

// markView is a box with its text, in pixels of the picture.
type markView struct {
	X, Y, W, H, TextX, TextY string
	Text                     string
	Anchor                   string
	Wrong                    bool
}

// maxSide bounds the size of a picture that is believed.
const maxSide = 1 << 20

func viewPicture(n int, p *Picture) pictureView {
	v := pictureView{
		ID: fmt.Sprintf("picture%d", n), Name: p.Name, Reason: p.Reason, URL: dataURL(p.Data), Upright: p.Upright,
		Width: min(max(p.Width, 1), maxSide), Height: min(max(p.Height, 1), maxSide),
	}
	width, height := float64(v.Width), float64(v.Height)
	v.Wide = min(max(width/height, 0.2), 5)
	font := min(0.04*height, 0.06*width) // rows of pictures are of one height
	v.Font = short(font)
	for i := range p.Truths {
		v.Truths = append(v.Truths, viewMark(&v, &p.Truths[i], font, false))
	}
	for i := range p.Detections {
		v.Detections = append(v.Detections, viewMark(&v, &p.Detections[i], font, true))
	}
	return v
}

// viewMark clips a box to the picture. The text of a truth is above its box,
// that of a detection below, or inside where there is no room.
func viewMark(v *pictureView, m *Mark, font float64, detection bool) markView {
	clip := func(x, most float64) float64 { return min(max(x, 0), most) }
	w, h := float64(v.Width), float64(v.Height)
	x0, x1 := clip(m.Box.X, w), clip(m.Box.X+m.Box.W, w)
	y0, y1 := clip(m.Box.Y, h), clip(m.Box.Y+m.Box.H, h)
	text, y := m.Label, y0-0.35*font
	if y < font {
		y = y0 + 1.1*font
	}
	if detection {
		text += " " + strconv.FormatFloat(m.Score, 'f', 2, 64)
		if y = y1 + 1.05*font; y > h {
			y = y1 - 0.4*font
		}
	}
	x, anchor := x0+0.2*font, "start"
	if x0 > 0.75*w {
		x, anchor = x1-0.2*font, "end"
	}
	return markView{short(x0), short(y0), short(max(x1-x0, 0)), short(max(y1-y0, 0)), short(x), short(y), text, anchor, m.Wrong}
}

// short writes a number of pixels.
func short(v float64) string {
	if math.IsNaN(v) {
		v = 0
	}
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

// dataURL puts a file into a URL if it is a JPEG or PNG by its first bytes; an
// SVG, for one, could do more than be looked at.
func dataURL(data []byte) template.URL {
	kind := ""
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		kind = "jpeg"
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		kind = "png"
	default:
		return ""
	}
	return template.URL("data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)) // nothing in it is to be escaped
}

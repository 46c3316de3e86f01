package detection

// Head reads the outputs of one family of models.
type Head interface {
	// Name is the name of the family.
	Name() string
	// Traits says what goes with it.
	Traits() Traits
	// Decode returns what was found in one picture, the best first.
	Decode(outputs []Output, g Geometry, o Options) ([]Detection, error)
}

// Traits are what a head knows of its model besides the outputs.
type Traits struct {
	// Classes is how many classes the model tells apart, 0 where its outputs
	// do not say.
	Classes int
	// Background says that class 0 is the background, so that the first
	// category is number 1.
	Background bool
	// Labels are the names of the classes, where the family has its own.
	Labels map[int]string
	// Score is from which score on a box is worth showing, by the custom of the
	// family.
	Score float64
	// IoU is how much two boxes of a class may overlap, by the custom of the
	// family, 0 where nothing is suppressed here.
	IoU float64
	// Input is what the family wants of its pictures.
	Input Input
}

// Resize is a way to make a picture as large as the model's input.
type Resize string

// The ways to resize.
const (
	// Stretch fills the input, whatever that does to the proportions.
	Stretch Resize = "stretch"
	// Letterbox keeps the proportions, with bars on both sides.
	Letterbox Resize = "letterbox"
	// LetterboxCorner keeps the proportions, with the picture in the top left
	// corner and bars at the right or at the bottom.
	LetterboxCorner Resize = "letterbox-corner"
	// Keep gives the model pictures of any size.
	Keep Resize = "keep"
)

// Input is what a model wants of its pictures: (value − Mean) / Scale of each
// channel, in the order of the channels.
type Input struct {
	Resize Resize
	// Pad is the value of the bars.
	Pad uint8
	// BGR says that blue comes first.
	BGR         bool
	Mean, Scale [3]float32
}

var (
	unscaled = [3]float32{1, 1, 1}
	// imageNet are the means and deviations of ImageNet's pictures.
	imageNetMean  = [3]float32{123.675, 116.28, 103.53}
	imageNetScale = [3]float32{58.395, 57.12, 57.375}
	// yoloInput is the same for all YOLOs.
	yoloInput = Input{Resize: Letterbox, Pad: 114, Scale: [3]float32{255, 255, 255}}
)

// Options are the choices of whoever decodes.
type Options struct {
	// Score is the least that is reported; a detection has more.
	Score float64
	// IoU replaces the head's own where it is not 0.
	IoU float64
	// Max is the most that is reported for a picture, 0 means 300.
	Max int
	// MultiLabel lets one box have several classes, as evaluations want it,
	// where the family knows that.
	MultiLabel bool
}

func (o *Options) limit() int {
	if o.Max == 0 {
		return 300
	}
	return o.Max
}

func (o *Options) iou(own float64) float64 {
	if o.IoU == 0 {
		return own
	}
	return o.IoU
}

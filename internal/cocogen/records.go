package cocogen

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"datum/dataset"
)

// category is a class as COCO lists it.
type category struct {
	Super     string   `json:"supercategory"`
	ID        int      `json:"id"`
	Name      string   `json:"name"`
	Keypoints []string `json:"keypoints,omitempty"`
	Skeleton  [][2]int `json:"skeleton,omitempty"`
}

var keypointNames = []string{"nose", "left_eye", "right_eye", "left_hand", "right_hand"}

// categories have the ids of COCO's own, which leave numbers out.
var categories = []category{
	{Super: "person", ID: 1, Name: "person", Keypoints: keypointNames, Skeleton: [][2]int{{1, 2}, {1, 3}, {1, 4}, {1, 5}}},
	{Super: "vehicle", ID: 3, Name: "car"},
	{Super: "outdoor", ID: 13, Name: "stop sign"},
	{Super: "food", ID: 58, Name: "hot dog"},
	{Super: "indoor", ID: 90, Name: "Zahnbürste"},
}

// records are those of one subset.
type records struct {
	images, instances, keypoints, captions []any
	w, h                                   int
}

type imageRecord struct {
	License  int     `json:"license"`
	FileName string  `json:"file_name"`
	CocoURL  string  `json:"coco_url"`
	Height   int     `json:"height"`
	Width    int     `json:"width"`
	Captured string  `json:"date_captured"`
	ID       int64   `json:"id"`
	Exposure float64 `json:"x_exposure"` // a member that no reader knows
}

func (r *records) addImage(id int64, name string, w, h int, rnd *rand.Rand) {
	r.w, r.h = w, h
	r.images = append(r.images, imageRecord{
		License: 1 + rnd.IntN(2), FileName: name, Height: h, Width: w, ID: id,
		CocoURL:  fmt.Sprintf("http://images.example.org/%d", id),
		Captured: fmt.Sprintf("2013-11-%02d %02d:%02d:00", 1+rnd.IntN(28), rnd.IntN(24), rnd.IntN(60)),
		Exposure: 1 / float64(1+rnd.IntN(999)),
	})
}

type annotationRecord struct {
	Segmentation any            `json:"segmentation"`
	NumKeypoints *int           `json:"num_keypoints,omitempty"`
	Area         float64        `json:"area"`
	Crowd        int            `json:"iscrowd"`
	Keypoints    []float64      `json:"keypoints,omitempty"`
	Image        int64          `json:"image_id"`
	Bbox         [4]float64     `json:"bbox"`
	Category     int            `json:"category_id"`
	ID           int64          `json:"id"`
	Attributes   map[string]any `json:"attributes,omitempty"`
	Score        *float64       `json:"score,omitempty"`
	Checked      string         `json:"x_checked_by,omitempty"` // a member that no reader knows
}

func (r *records) addShape(id, image int64, s shape) {
	a := annotationRecord{
		Segmentation: s.parts, Area: area(s.parts), Image: image, Bbox: bounds(s.parts),
		Category: categories[s.category].ID, ID: id,
	}
	switch id % 5 {
	case 0:
		a.Attributes = map[string]any{"occluded": id%2 == 0, "truncation": 0.25}
	case 1:
		a.Segmentation = [][]float64{} // a box alone
	case 2:
		score := float64(id%1000) / 1000
		a.Score = &score
	case 3:
		a.Checked = "anna"
	}
	r.instances = append(r.instances, a)
	if s.keypoints != nil {
		n := 0
		for i := 2; i < len(s.keypoints); i += 3 {
			if s.keypoints[i] > 0 {
				n++
			}
		}
		a.Keypoints, a.NumKeypoints, a.Segmentation = s.keypoints, &n, s.parts
		r.keypoints = append(r.keypoints, a)
	}
}

type rle struct {
	Counts any    `json:"counts"`
	Size   [2]int `json:"size"`
}

// addCrowd notes a mask, its runs as a list or as text.
func (r *records) addCrowd(id, image int64, runs []int64, list bool) {
	code := dataset.EncodeRuns(int32(r.h), int32(r.w), runs)
	area, _ := code.Area() // the runs are our own
	x, y, w, h, _ := code.Bounds()
	seg := rle{runs, [2]int{r.h, r.w}}
	if !list {
		seg.Counts = string(code.Counts)
	}
	r.instances = append(r.instances, annotationRecord{
		Segmentation: seg, Area: float64(area), Crowd: 1, Image: image, Bbox: [4]float64{x, y, w, h},
		Category: categories[1].ID, ID: id,
	})
}

type captionRecord struct {
	Image   int64  `json:"image_id"`
	ID      int64  `json:"id"`
	Caption string `json:"caption"`
}

func (r *records) addCaption(id, image int64, rnd *rand.Rand) {
	what := []string{"Some shapes", "A \"still life\"", "Ein Bild", "何かの図形", "Coloured things"}
	where := []string{"on a plain ground", "at dusk", "in the rain\tand wind", "side by side."}
	r.captions = append(r.captions, captionRecord{image, id, what[rnd.IntN(len(what))] + " " + where[rnd.IntN(len(where))]})
}

// area is that of the outline, a little off as in COCO's own files, where it
// was counted on a finer grid.
func area(parts [][]float64) float64 {
	sum := 0.0
	for _, p := range parts {
		part := 0.0
		for i := 0; i < len(p); i += 2 {
			k := (i + 2) % len(p)
			part += p[i]*p[k+1] - p[k]*p[i+1]
		}
		sum += math.Abs(part) / 2
	}
	return sum * 0.9985
}

func bounds(parts [][]float64) [4]float64 {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range parts {
		for i := 0; i < len(p); i += 2 {
			x0, x1 = min(x0, p[i]), max(x1, p[i])
			y0, y1 = min(y0, p[i+1]), max(y1, p[i+1])
		}
	}
	return [4]float64{x0, y0, round(x1 - x0), round(y1 - y0)}
}

// write makes the three files of a subset.
func (r *records) write(dir, subset string) error {
	plain := make([]category, len(categories))
	for i, c := range categories {
		plain[i] = category{Super: c.Super, ID: c.ID, Name: c.Name}
	}
	return errors.Join(
		r.file(dir, "instances", subset, plain, r.instances),
		r.file(dir, "person_keypoints", subset, categories[:1], r.keypoints),
		r.file(dir, "captions", subset, nil, r.captions))
}

func (r *records) file(dir, task, subset string, cats []category, anns []any) (err error) {
	f, err := os.Create(filepath.Join(dir, task+"_"+subset+".json"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	io.WriteString(w, `{"info":{"description":"Shapes made by cocogen","version":"1.0","year":2026,"contributor":"datum"},`+"\n")
	io.WriteString(w, `"licenses":[{"url":"http://example.org/by/2.0/","id":1,"name":"Attribution"},{"url":"http://example.org/pd/","id":2,"name":"No known restrictions"}],`+"\n")
	io.WriteString(w, `"x_made_with":["cocogen",1.50,18446744073709551615],`+"\n")
	if err := list(w, "images", r.images); err != nil {
		return err
	}
	if err := list(w, "annotations", anns); err != nil {
		return err
	}
	if cats != nil {
		if err := list(w, "categories", cats); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "\"x_task\":%q}\n", task)
	return w.Flush()
}

// list writes a member that is a list of records, one a line.
func list[T any](w *bufio.Writer, name string, records []T) error {
	fmt.Fprintf(w, "%q:[", name)
	for i, r := range records {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('\n')
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		w.Write(text)
	}
	_, err := w.WriteString("],\n")
	return err
}

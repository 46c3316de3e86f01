package evalreport

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"datum/metrics"
)

func TestPageOfDetections(t *testing.T) {
	t.Parallel()
	r := sample(t, 12)
	page := html(t, "detection", r)
	for what, want := range map[string]string{
		"title":     "<h1>yolo11n.onnx on street, subset val</h1>",
		"note":      "3 images did not decode",
		"AP":        "<b>" + show(r.Detection.Mean.AP) + "</b><span>AP</span>",
		"VOC":       "<b>" + show(r.Detection.VOC2010) + "</b><span>VOC 2010</span>",
		"class":     "<tr><td>traffic light<td class=\"n\">",
		"no truths": "–",
		"matrix":    "person: ",
		"mistake":   "<b>dog</b> not found",
		"picture":   `<img src="data:image/png;base64,`,
		"reason":    r.Pictures[3].Reason,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s: the page has no %q", what, want)
		}
	}
	for what, want := range map[string]int{
		`class="line c`:     3 + 11,                           // curves of the mean and of the classes with truths
		`<figure id="`:      len(r.Pictures),                  // pictures
		`class="cell`:       len(r.Detection.Confusion.Cells), // of the matrix
		`class="under"`:     marks(r),                         // boxes
		`<td class="n bar"`: 7 * len(r.Detection.Classes),     // of the table
	} {
		if got := strings.Count(page, what); got != want {
			t.Errorf("%d times %s, want %d", got, what, want)
		}
	}
}

func marks(r *Report) (n int) {
	for _, p := range r.Pictures {
		n += len(p.Truths) + len(p.Detections)
	}
	return n
}

// Nothing is loaded from anywhere, and the template refused nothing.
func TestPageNeedsNothingElse(t *testing.T) {
	t.Parallel()
	outside := regexp.MustCompile(`(?i)(https?:|//[a-z]|@import|url\(|<link|<iframe|<object)`)
	pictures := regexp.MustCompile(`data:image/[^"]*`)
	loads := regexp.MustCompile(`(?:src|href)="([^"]{0,20})`)
	for name, r := range map[string]*Report{"detection": sample(t, 12), "many": sample(t, 200), "classification": classified(t, 12)} {
		page := html(t, name, r)
		page, _, _ = strings.Cut(page, "<script>")
		page = pictures.ReplaceAllString(page, "data:image/x")
		if found := outside.FindString(page); found != "" {
			t.Errorf("%s: %s", name, found)
		}
		for _, m := range loads.FindAllStringSubmatch(page, -1) {
			if !strings.HasPrefix(m[1], "#") && !strings.HasPrefix(m[1], "data:image/") {
				t.Errorf("%s: %s", name, m[0])
			}
		}
		if strings.Contains(page, "ZgotmplZ") || strings.Contains(page, "NaN") {
			t.Errorf("%s: a value was not fit for its place", name)
		}
	}
}

// With many classes the drawings have the most important ones.
func TestPageOfManyClasses(t *testing.T) {
	t.Parallel()
	r := sample(t, 200)
	page := html(t, "many", r)
	if rows := strings.Count(page, "<tr><td>"); rows != len(r.Detection.Classes)+mostMistakes {
		t.Errorf("%d rows", rows)
	}
	if !strings.Contains(page, "176 more share one") || !strings.Contains(page, "all others: ") {
		t.Error("the matrix does not say that classes share a row")
	}
	if n := strings.Count(page, `class="area"`); n != mostCurves {
		t.Errorf("%d curves of classes", n)
	}
}

// The matrix of the page has every count, wherever it went.
func TestMatrixKeepsCounts(t *testing.T) {
	t.Parallel()
	for _, classes := range []int{1, 2, mostRows, mostRows + 1, mostRows + 2, 100} {
		for _, background := range []bool{false, true} {
			m := Matrix{Names: namesOf(classes), Background: background}
			if background {
				m.Names = append(m.Names, BackgroundName)
			}
			sum := 0
			for i := range len(m.Names) {
				for j := range len(m.Names) {
					if n := (i*j + i) % 5; n > 0 {
						m.Cells = append(m.Cells, metrics.Cell{Truth: i, Predicted: j, Count: n})
						sum += n
					}
				}
			}
			names, place, hidden := m.rows()
			if want := min(len(m.Names), mostRows+1+b2i(background)); len(names) != want {
				t.Errorf("%d classes have %d rows, want %d", classes, len(names), want)
			}
			if shared := classes - (len(names) - b2i(background)); hidden != max(shared+b2i(hidden > 0), 0) {
				t.Errorf("%d classes: %d share a row", classes, hidden)
			}
			for i, name := range m.Names {
				if p := names[place[i]]; p != name && p != otherName {
					t.Errorf("%s is in the row of %s", name, p)
				}
			}
			if v := viewMatrix(&m); v == nil && sum > 0 {
				t.Error("no matrix")
			}
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

const hostile = `</title><script>alert(1)</script>"'><img src=x onerror=alert(2)>`

// Names of a dataset are text, wherever they stand.
func TestPageEscapes(t *testing.T) {
	t.Parallel()
	r := sample(t, 2)
	r.Title, r.Facts, r.Notes = hostile, []Fact{{hostile, hostile}}, []string{hostile}
	for i := range r.Detection.Classes {
		r.Detection.Classes[i].Name = hostile
	}
	for i := range r.Detection.Confusion.Names {
		r.Detection.Confusion.Names[i] = hostile
	}
	p := &r.Pictures[0]
	p.Name, p.Reason = hostile, hostile
	p.Truths = []Mark{{Label: hostile}}
	p.Detections = []Mark{{Label: hostile}}
	page := html(t, "hostile", r)
	if strings.Count(page, "<script") != 1 || strings.Contains(page, "<img src=x") || strings.Contains(page, "onerror=alert(2)>") {
		t.Error("a name got out of its place")
	}
	if !strings.Contains(page, "script-src &#39;sha256-") {
		t.Error("the policy allows scripts that are not ours")
	}
}

// A class that is called like the row of all others is none.
func TestClassCalledAllOthers(t *testing.T) {
	t.Parallel()
	m := Matrix{Names: namesOf(40)}
	m.Names[0] = otherName
	for i := range m.Names {
		m.Cells = append(m.Cells, metrics.Cell{Truth: i, Predicted: i, Count: 7})
	}
	m.Cells = append(m.Cells, metrics.Cell{Truth: 30, Predicted: 31, Count: 2})
	for i := range 24 {
		m.Cells = append(m.Cells, metrics.Cell{Truth: i, Predicted: (i + 1) % 24, Count: 10})
	}
	var titles []string
	for _, c := range viewMatrix(&m).Cells {
		if c.Right && strings.HasPrefix(c.Title, otherName) {
			titles = append(titles, c.Title)
		}
	}
	want := []string{"all others: 7 right (41.2 %)", "all others: 114, 2 of them taken for another of these"}
	if !slices.Equal(titles, want) {
		t.Errorf("%q, want %q", titles, want)
	}
}

// Names that turn the text behind them round, or have no end.
func TestNamesOfClasses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", mostOfName)
	names := []string{"\u202ecat", "\u2067\u2069", long, long + "é", "می\u200cخواهم", ""}
	for i, want := range []string{"·cat", "··", long, long[:2*(mostOfName-1)] + "…", "می\u200cخواهم", "5", "6"} {
		if got := nameOf(names, i); got != want {
			t.Errorf("%q is shown as %q", want, got)
		}
	}
}

// A class of which nothing was found has no best score.
func TestBestOfNothing(t *testing.T) {
	t.Parallel()
	a := metrics.NewAccumulator(1, metrics.Options{})
	if err := a.Add([]metrics.Truth{{Box: metrics.Box{W: 9, H: 9}, Area: 81}}, nil); err != nil {
		t.Fatal(err)
	}
	if b := Detected(a, nil).Classes[0].Best(); b != (Best{0, -1}) {
		t.Errorf("%+v", b)
	}
}

// Only JPEG and PNG get into the page; boxes are drawn without, too.
func TestPageOfPicturesThatAreNone(t *testing.T) {
	t.Parallel()
	r := &Report{Title: "t", Pictures: []Picture{
		{Name: "svg", Data: []byte(`<svg xmlns="x"><script/></svg>`), Width: 10, Height: 10, Truths: []Mark{{Box: metrics.Box{X: 1, Y: 1, W: 2, H: 2}, Label: "cat"}}},
		{Name: "empty"},
		{Name: "jpeg", Data: []byte("\xff\xd8\xff\xe0"), Width: -3, Height: 1 << 40},
	}}
	page := html(t, "pictures", r)
	if strings.Count(page, "<img") != 1 || !strings.Contains(page, "data:image/jpeg;base64,/9j/4A==") || strings.Count(page, "<rect") != 2 {
		t.Error(page[strings.Index(page, "<section"):])
	}
}

func TestPageOfNothing(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*Report{
		"nothing":            {},
		"no images":          {Detection: Detected(metrics.NewAccumulator(3, metrics.Options{}), nil)},
		"no classes":         {Detection: Detected(metrics.NewAccumulator(0, metrics.Options{}), nil)},
		"nothing classified": {Classification: Classified(metrics.NewClassification(2), nil)},
	} {
		if page := html(t, "empty", r); !strings.HasSuffix(strings.TrimSpace(page), "</html>") {
			t.Errorf("%s: the page is not whole", name)
		}
	}
}

// Boxes stay within the picture, and their texts where they can be read.
func TestMarks(t *testing.T) {
	t.Parallel()
	v := pictureView{Width: 100, Height: 50}
	far := metrics.Box{X: -1e9, Y: -1e9, W: 2e9, H: 2e9}
	if m := viewMark(&v, &Mark{Box: far}, 10, false); m.X != "0" || m.Y != "0" || m.W != "100" || m.H != "50" || m.TextY != "11" {
		t.Errorf("a box that is larger than the picture: %+v", m)
	}
	right := metrics.Box{X: 90, Y: 20, W: 10, H: 10}
	if m := viewMark(&v, &Mark{Box: right, Label: "cat", Score: 0.876}, 10, true); m.Anchor != "end" || m.TextX != "98" || m.Text != "cat 0.88" || m.TextY != "40.5" {
		t.Errorf("a box at the right: %+v", m)
	}
	outside := metrics.Box{X: 200, Y: 200, W: 10, H: 10}
	if m := viewMark(&v, &Mark{Box: outside}, 10, true); m.W != "0" || m.H != "0" {
		t.Errorf("a box outside: %+v", m)
	}
}

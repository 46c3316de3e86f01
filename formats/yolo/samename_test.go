package yolo

import (
	"strings"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

// TestSameNameInTwoFolders: a subset of several folders may have one name in
// each of them; none is lost.
func TestSameNameInTwoFolders(t *testing.T) {
	picture := string(formatstest.Picture("a.jpg").Source.(formatstest.Bytes))
	dir := formatstest.Tree(t, map[string]string{
		"data.yaml":       "train:\n  - images/t1\n  - images/t2\n  - images/t1\nnames: [a, b]\n",
		"images/t1/0.jpg": picture, "labels/t1/0.txt": "0 .5 .5 .2 .2\n",
		"images/t2/0.jpg": picture, "labels/t2/0.txt": "1 .5 .5 .2 .2\n",
	})
	d, notes, err := formatstest.ReadAll(t, ultralyticsFormat(), dir, formats.ImportOptions{})
	if err != nil || len(d.List) != 2 || d.List[0].ID != "0" || d.List[1].ID != "t2/0" || len(d.List[1].Annotations) != 1 {
		t.Errorf("%+v, %v", d.List, err)
	}
	if text := notes.String(); !strings.Contains(text, "1 pictures of several folders with the same name") || !strings.Contains(text, "1 pictures named twice") {
		t.Error(text)
	}
}

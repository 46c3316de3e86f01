package evalreport

import (
	"testing"
)

func TestPage(t *testing.T) {
	html(t, "detection", sample(t, 12))
	html(t, "many", sample(t, 200))
	html(t, "classification", classified(t, 12))
}

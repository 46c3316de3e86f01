package openvino

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestElementsAreTheRuntimes compares the numbers with those of the header.
func TestElementsAreTheRuntimes(t *testing.T) {
	header, err := os.ReadFile("internal/capi/include/openvino/c/ov_common.h")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?s)typedef enum \{([^}]*)\} ov_element_type_e;`).FindSubmatch(header)
	if list == nil {
		t.Fatal("the header has no list of element types")
	}
	names := regexp.MustCompile(`(?m)^\s+(\w+)(?: = 0U)?,\s+//`).FindAllSubmatch(list[1], -1)
	if len(names) != len(elements) {
		t.Fatalf("the header has %d element types, and this package %d", len(names), len(elements))
	}
	for i, name := range names {
		want := strings.ToLower(string(name[1]))
		if want == "f8e5m3" { // a slip: its comment says f8e5m2, and so do models
			want = "f8e5m2"
		}
		if ElementType(i).String() != want {
			t.Errorf("type %d is %v, and %s in the header", i, ElementType(i), want)
		}
	}
}

func TestUnknownElements(t *testing.T) {
	for _, element := range []ElementType{-1, ElementType(len(elements))} {
		if element.Bits() != 0 || !strings.HasPrefix(element.String(), "element type ") {
			t.Errorf("%d is %v of %d bits", int(element), element, element.Bits())
		}
	}
}

package commands

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"datum/models/template"
	"datum/train/recipe"
)

// Whatever a template may say of augmentation, the trainer takes: the limits of both
// are the same, also at their ends.
func TestLimitsOfAugmentation(t *testing.T) {
	t.Parallel()
	var least, most []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[template.Augmentation]()) {
		low, high, ok := strings.Cut(f.Tag.Get("range"), " ")
		if !ok {
			t.Fatalf("%s has no limits", f.Name)
		}
		if f.Type.Kind() == reflect.Slice {
			low, high = fmt.Sprintf("[%s, %s]", low, low), fmt.Sprintf("[%s, %s]", high, high)
		}
		least, most = append(least, f.Tag.Get("yaml")+": "+low), append(most, f.Tag.Get("yaml")+": "+high)
	}
	for _, values := range [][]string{least, most} {
		text := "architecture: detection-nano\naugmentation: {" + strings.Join(values, ", ") + "}\n"
		x, err := template.Parse("x.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		o := recipe.Options(x, float64(x.Schedule.Epochs), 0)
		if err := o.Recipe.Check(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

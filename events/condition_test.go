package events

import "testing"

func TestCutCondition(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]string{
		"rating>=4":      {"rating", ">=", "4"},
		" rating <= 4 ":  {"rating", "<=", "4"},
		"x!=-1e3":        {"x", "!=", "-1e3"},
		"x==4":           {"x", "=", "4"},
		"=4":             {"", "=", "4"},
		"a b>four":       {"a b", ">", "four"},
		"x<":             {"x", "<", ""},
		"a>1>2":          {"a", ">", "1>2"},
		"rating=>4":      {"rating", "=", ">4"},
		"\tvalue\n>\r4 ": {"value", ">", "4"},
	} {
		column, operator, number, ok := CutCondition(text)
		if got := [3]string{column, operator, number}; !ok || got != want {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
		for _, value := range []float64{3, 4, 5} {
			is := Condition{operator, 4}.Of(value)
			if want := map[string]bool{">=": value >= 4, "<=": value <= 4, "!=": value != 4, "=": value == 4, ">": value > 4, "<": value < 4}[operator]; is != want {
				t.Errorf("%v %s 4 is %v", value, operator, is)
			}
		}
	}
	for _, text := range []string{"", "rating", "rating!4", "!>4"} {
		if column, operator, number, ok := CutCondition(text); ok || column+operator+number != "" {
			t.Errorf("%q is %q %q %q", text, column, operator, number)
		}
	}
	if c := (Condition{}); !c.Of(-1) || c.String() != "" {
		t.Errorf("%q: %v", c, c.Of(-1))
	}
}

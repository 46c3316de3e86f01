package events

import (
	"fmt"
	"strings"
)

// Condition compares the value of an event with a number. The zero value is true of
// all events.
type Condition struct {
	Operator string // >=, >, <=, <, =, != or empty
	Number   float64
}

// operators are the signs of a condition; of two that begin alike the longer one
// comes first.
var operators = []string{">=", "<=", "!=", "==", ">", "<", "="}

// CutCondition cuts a condition such as rating>=4 around its operator, which is =
// for == too, and takes off the spaces. What may be compared, and with which
// numbers, is for the caller to say.
func CutCondition(text string) (column, operator, number string, ok bool) {
	at := max(strings.IndexAny(text, "<>=!"), 0)
	for _, sign := range operators {
		if rest, ok := strings.CutPrefix(text[at:], sign); ok {
			if sign == "==" {
				sign = "="
			}
			return strings.TrimSpace(text[:at]), sign, strings.TrimSpace(rest), true
		}
	}
	return "", "", "", false
}

// String is empty for the zero value.
func (c Condition) String() string {
	if c.Operator == "" {
		return ""
	}
	return fmt.Sprintf("rating%s%v", c.Operator, c.Number)
}

// Of says whether a value fulfils the condition.
func (c Condition) Of(value float64) bool {
	switch c.Operator {
	case ">=":
		return value >= c.Number
	case ">":
		return value > c.Number
	case "<=":
		return value <= c.Number
	case "<":
		return value < c.Number
	case "=":
		return value == c.Number
	case "!=":
		return value != c.Number
	}
	return true
}

package openvino

import (
	"fmt"
	"strings"
)

// whole refuses texts with a zero byte. The library takes texts up to the first
// one, so that it would use another port, path or setting than the one that was
// named, without a word.
func whole(op string, texts ...string) error {
	for _, text := range texts {
		if strings.IndexByte(text, 0) >= 0 {
			return &Error{Op: op, Text: fmt.Sprintf("%q has a zero byte in it", text)}
		}
	}
	return nil
}

// whole refuses options with a zero byte in them.
func (o *CompileOptions) whole(op string) error {
	texts := []string{o.Device}
	for _, property := range o.properties() {
		texts = append(texts, property.Key, property.Value)
	}
	return whole(op, texts...)
}

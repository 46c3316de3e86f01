package main

import (
	"bytes"
	"fmt"
	"strings"
)

const preamble = `// Code generated from the headers of OpenVINO's C API by generate. DO NOT EDIT.

//go:build cgo && linux

#include "forward.h"

`

// forwarders returns the C file.
func forwarders(functions []function) []byte {
	var out bytes.Buffer
	out.WriteString(preamble)
	for _, f := range functions {
		fmt.Fprintf(&out, "static __typeof__(%s)* to_%s;\n", f.name, f.name)
	}
	out.WriteString("\n")
	for _, f := range functions {
		writeForwarder(&out, f)
	}
	out.WriteString("\nconst struct forward forward_table[] = {\n")
	for _, f := range functions {
		fmt.Fprintf(&out, "\t{\"%s\", (void**)&to_%s},\n", f.name, f.name)
	}
	fmt.Fprintf(&out, "};\n\nconst size_t forward_count = %d;\n", len(functions))
	return out.Bytes()
}

// writeForwarder writes one definition. What is called on a core may construct or
// destroy a plugin, which exchanges the thread's signal stack: such calls put
// Go's back before they return.
func writeForwarder(out *bytes.Buffer, f function) {
	call := fmt.Sprintf("to_%s(%s);", f.name, f.arguments())
	plain := f.result == "void"
	switch guarded := strings.HasPrefix(f.name, "ov_core_"); {
	case guarded && plain:
		call = "KEEP_SIGNAL_STACK " + call
	case guarded:
		call = fmt.Sprintf("KEEP_SIGNAL_STACK %s result = %s return result;", f.result, call)
	case !plain:
		call = "return " + call
	}
	fmt.Fprintf(out, "%s %s(%s) { %s }\n", f.result, f.name, f.declaration(), call)
}

package metadata

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// readIR reads OpenVINO's XML. Its layers are not parsed, which would take long;
// what is wanted lies behind the edges, and in the layers of the type Result.
func (m *Metadata) readIR(model []byte) {
	m.OutputNames = resultNames(model)
	if at := bytes.LastIndex(model, []byte("</edges>")); at >= 0 {
		model = model[at+len("</edges>"):]
	}
	if at := bytes.Index(model, []byte("<rt_info")); at >= 0 {
		m.readInfo(model[at:])
	}
}

// mostFacts is more than a training tells.
const mostFacts = 64

// readInfo reads the section rt_info, in which each value is an attribute.
func (m *Metadata) readInfo(section []byte) {
	d := xml.NewDecoder(bytes.NewReader(section))
	var path []string
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch e := token.(type) {
		case xml.StartElement:
			path = append(path, e.Name.Local)
			if len(path) == 3 && path[1] == "model_info" {
				m.set(e.Name.Local, attribute(e, "value"))
			}
			if len(path) == 3 && path[1] == "training" && len(m.Training) < mostFacts {
				m.Training = append(m.Training, Fact{e.Name.Local, attribute(e, "value")})
			}
		case xml.EndElement:
			path = path[:len(path)-1]
			if len(path) == 0 {
				return
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// resultNames returns the names that the layers of the type Result give their
// outputs.
func resultNames(model []byte) (list [][]string) {
	const mark = `type="Result"`
	for {
		at := bytes.Index(model, []byte(mark))
		if at < 0 {
			return list
		}
		end := bytes.IndexByte(model[at:], '>')
		if end < 0 {
			return list
		}
		start := bytes.LastIndexByte(model[:at], '<')
		if start >= 0 {
			var e xml.StartElement
			if token, err := xml.NewDecoder(bytes.NewReader(model[start : at+end+1])).Token(); err == nil {
				e, _ = token.(xml.StartElement)
			}
			if names := attribute(e, "output_names"); names != "" {
				list = append(list, splitNames(names))
			}
		}
		model = model[at+end:]
	}
}

// splitNames splits a list with commas, in which a comma of a name has a
// backslash before it.
func splitNames(list string) []string {
	const comma = "\x00"
	list = strings.ReplaceAll(list, `\,`, comma)
	names := strings.Split(list, ",")
	for i := range names {
		names[i] = strings.ReplaceAll(names[i], comma, ",")
	}
	return names
}

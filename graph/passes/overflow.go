package passes

import (
	"encoding/binary"
	"fmt"

	"datum/graph"
)

// holds checks that the sum of a weight and a product is one that the type of the
// weight holds: OpenVINO computes it in that type, and infinite numbers would come
// out of everything behind it.
func holds(o *graph.Output, up, down Matrix, turned bool) error {
	data := halves(o, up.Rows*down.Columns)
	if most := bound(up, down) + largest(data); !notFinite(most) && graph.Overflows(o.Element, []float32{most}) == 0 {
		return nil // by far the usual case
	}
	row := make([]float32, down.Columns)
	for i := range up.Rows {
		clear(row)
		for k, u := range up.Data[i*up.Columns : (i+1)*up.Columns] {
			for j, d := range down.Data[int64(k)*down.Columns : int64(k+1)*down.Columns] {
				row[j] += u * d
			}
		}
		for j := range row {
			at := i*down.Columns + int64(j)
			if turned {
				at = int64(j)*up.Rows + i
			}
			if data != nil {
				row[j] += data[at]
			}
			if notFinite(row[j]) || graph.Overflows(o.Element, row[j:j+1]) > 0 {
				return fmt.Errorf("the changed weight would have the number %g, which %s does not hold", row[j], o.Element)
			}
		}
	}
	return nil
}

// bound is what no number of a product is larger than.
func bound(up, down Matrix) (sum float32) {
	for k := range up.Columns {
		most := float32(0)
		for i := range up.Rows {
			most = max(most, magnitude(up.Data[i*up.Columns+k]))
		}
		sum += most * largest(down.Data[k*down.Columns:(k+1)*down.Columns])
	}
	return sum
}

func largest(v []float32) (most float32) {
	for _, f := range v {
		most = max(most, magnitude(f))
	}
	return most
}

func magnitude(f float32) float32 { return max(f, -f) }

// halves are the numbers of a constant of half precision, nil for what is none.
func halves(o *graph.Output, count int64) []float32 {
	if !o.IsConst() || o.Element != graph.F16 {
		return nil
	}
	b, err := o.Data()
	if err != nil || int64(len(b)) != 2*count {
		return nil
	}
	list := make([]float32, count)
	for i := range list {
		list[i] = graph.F16ToFloat32(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return list
}

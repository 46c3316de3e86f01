package graph

import "math"

// F16ToFloat32 is the value of a number of half precision.
func F16ToFloat32(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10)&31, uint32(h)&1023
	switch exponent {
	case 0: // zero, or smaller than normal: fraction times 2^-24
		v := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(sign | math.Float32bits(v))
	case 31:
		return math.Float32frombits(sign | 0xFF<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
}

// F16FromFloat32 rounds to half precision, halves to even.
func F16FromFloat32(f float32) uint16 {
	bits := math.Float32bits(f)
	sign, rest := uint16(bits>>16)&0x8000, bits&0x7FFFFFFF
	switch {
	case rest > 0x7F800000: // not a number
		return sign | 0x7E00
	case rest >= 0x477FF000: // rounds to infinity
		return sign | 0x7C00
	case rest < 0x38800000: // smaller than normal: a multiple of 2^-24
		v := math.RoundToEven(float64(math.Float32frombits(rest)) * (1 << 24))
		return sign | uint16(v)
	}
	rest += 0xFFF + rest>>13&1
	return sign | uint16((rest-112<<23)>>13)
}

// BF16FromFloat32 rounds to the upper half of a float32, halves to even.
func BF16FromFloat32(f float32) uint16 {
	bits := math.Float32bits(f)
	if bits&0x7FFFFFFF > 0x7F800000 {
		return uint16(bits>>16) | 0x40
	}
	return uint16((bits + 0x7FFF + bits>>16&1) >> 16)
}

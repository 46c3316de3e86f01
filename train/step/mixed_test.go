package step

import "testing"

func TestHasBfloat16(t *testing.T) {
	t.Parallel()
	for can, want := range map[string]bool{"FP32 INT8 BIN EXPORT_IMPORT": false, "FP32 FP16 INT8 EXPORT_IMPORT": false, "BF16 FP32 INT8": true} {
		if hasBfloat16(can) != want {
			t.Errorf("%q: %v", can, !want)
		}
	}
}

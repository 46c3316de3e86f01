package modelfile

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"datum/internal/peertest"
)

// Python takes a sealed model apart as docs/sealed.md says.
func TestPythonReadsOurs(t *testing.T) {
	root := peertest.Root(t)
	page, err := os.ReadFile(filepath.Join(root, "docs", "sealed.md"))
	if err != nil {
		t.Fatal(err)
	}
	var program strings.Builder
	for _, block := range strings.Split(string(page), "```python\n")[1:] {
		code, _, _ := strings.Cut(block, "```")
		program.WriteString(code + "\n")
	}
	program.WriteString("for role, data in parts.items(): open(role, 'wb').write(data)\n")
	tiny := filepath.Join(root, "testdata", "models", "tiny.xml")
	k := newKey(t)
	sealedModel, err := os.ReadFile(seal(t, tiny, k))
	if err != nil {
		t.Fatal(err)
	}
	dir := put(t, map[string][]byte{"model.sealed": sealedModel})
	if err := k.WriteFile(filepath.Join(dir, "secret_key.txt")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), peertest.Python(t, "openvino-2026.4.1"), "-c", program.String())
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, role := range []string{"xml", "bin"} {
		want, err := os.ReadFile(strings.TrimSuffix(tiny, "xml") + role)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, role)); err != nil || string(got) != string(want) {
			t.Errorf("%s: Python finds %d bytes of %d, %v", role, len(got), len(want), err)
		}
	}
}

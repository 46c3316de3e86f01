package imports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "datum"

// A room is a part of the tree with a rule of its own.
type room struct {
	// path is the room's folder; "formats/*" stands for each folder in
	// formats that has no room of its own, with all below it.
	path string
	// ours are the packages of this module that it may import besides those
	// below itself; "x/..." includes what is below x.
	ours []string
	// modules are the other modules it may import.
	modules []string
}

// single says that the room is one package: what lies below its folder are
// other rooms.
func (r *room) single() bool { return r.path == "." || r.path == "formats" }

// rooms lists what each may import. The first that matches counts. Tests are
// free to import more.
var rooms = []room{
	{path: "dataset"},
	{path: "crypto/fernet", modules: []string{"github.com/segmentio/asm", "golang.org/x/sys"}},
	{path: "crypto/key", ours: []string{"crypto/fernet"}, modules: []string{"golang.org/x/crypto", "golang.org/x/sys"}},
	{path: "crypto/sealed", ours: []string{"crypto/key"}},
	{path: "files", modules: []string{"github.com/klauspost/compress"}},
	{path: "formats", ours: []string{"dataset", "files", "crypto/key", "internal/workers", "internal/nameset", "internal/newfiles", "internal/imagesize"}},
	{path: "formats/formatstest", ours: []string{"dataset", "files", "formats", "crypto/key"}, modules: []string{"github.com/google/go-cmp"}},
	{path: "formats/all", ours: []string{"formats", "formats/..."}},
	{path: "formats/*", ours: []string{"dataset", "files", "formats", "crypto/...", "internal/workers", "internal/nameset", "internal/raster", "internal/planes", "internal/imagesize", "internal/decimal", "internal/xmltext", "internal/scratch"}, modules: []string{
		"github.com/go-json-experiment/json", "github.com/klauspost/compress", "google.golang.org/protobuf", "go.yaml.in/yaml/v3",
	}},
	{path: "events/text", ours: []string{"events", "files", "formats", "internal/decimal", "internal/nameset", "internal/suggest", "internal/workers"}, modules: []string{"github.com/klauspost/compress"}},
	{path: "events", ours: []string{"crypto/...", "files", "formats", "internal/atomicdir"}, modules: []string{"github.com/klauspost/compress"}},
	{path: "detect", ours: []string{"dataset", "files", "formats"}},
	{path: ".", ours: []string{"dataset", "crypto/...", "files", "formats", "formats/all", "detect", "internal/..."}},
	{path: "train/loader", ours: []string{"dataset", "files", "formats", "internal/imagesize", "internal/rgb", "internal/workers"}},
	{path: "metrics"},
	{path: "train/augment", ours: []string{"formats", "internal/rgb"}},
	{path: "train/batches", ours: []string{"dataset", "formats", "internal/rgb", "internal/workers", "train/augment", "train/loader"}},
	{path: "train/checkpoint", ours: []string{"formats"}},
	{path: "train/clicks", ours: []string{"events"}},
	{path: "train/clicktrainer", ours: []string{"events", "formats", "graph", "internal/workers", "models/ctr", "models/ctr/bundle", "models/ctr/measure", "models/ctr/score", "openvino", "train/checkpoint", "train/clicks", "train/embedding", "train/parameters", "train/step", "train/trainer"}},
	{path: "train/events"},
	{path: "train/target"},
	{path: "train/embedding"},
	{path: "train/parameters", ours: []string{"graph"}},
	{path: "train/schedule"},
	{path: "train/step", ours: []string{"graph", "graph/grad", "openvino", "train/parameters"}},
	{path: "train/trainer", ours: []string{"dataset", "formats", "graph", "internal/workers", "metrics", "models/evaluate", "models/metadata", "models/predict", "openvino", "train/augment", "train/batches", "train/checkpoint", "train/loader", "train/parameters", "train/schedule", "train/step"}},
	{path: "train/rundir", ours: []string{"crypto/key", "crypto/sealed", "formats", "graph", "internal/atomicdir", "models/ctr/bundle", "models/modelfile"}},
	{path: "train/recipe", ours: []string{"models/template", "openvino", "train/augment", "train/schedule", "train/step", "train/trainer"}},
	{path: "train/vision", ours: []string{"dataset", "formats", "graph", "graph/passes", "models/detection", "models/evaluate", "models/metadata", "models/network", "openvino", "train/augment", "train/batches", "train/parameters", "train/step", "train/target", "train/trainer"}},
	{path: "train/webdataset", ours: []string{"dataset", "formats", "internal/workers", "train/loader"}},
	{path: "shard", ours: []string{".", "dataset", "crypto/...", "files", "formats", "formats/all", "internal/atomicdir", "internal/imagesize"}},
	{path: "models/modelfile", ours: []string{"crypto/key", "crypto/sealed", "formats", "graph", "internal/privatemem"}, modules: []string{"google.golang.org/protobuf"}},
	{path: "models/compiledcache", ours: []string{"crypto/key", "crypto/sealed", "internal/privatemem"}},
	{path: "models/compiler", ours: []string{"crypto/key", "models/compiledcache", "models/modelfile", "openvino"}},
	{path: "internal/privatemem", modules: []string{"golang.org/x/sys"}},
	{path: "models/predict", ours: []string{"dataset", "formats", "internal/workers", "models/classification", "models/compiler", "models/detection", "models/metadata", "openvino", "train/loader"}},
	{path: "models/evaluate", ours: []string{"dataset", "formats", "internal/evalreport", "internal/imagesize", "internal/raster", "metrics", "models/metadata", "models/predict"}},
	{path: "models/detection"},
	{path: "internal/draw", modules: []string{"golang.org/x/image"}},
	{path: "models/classification"},
	{path: "models/optimize", ours: []string{"graph", "graph/passes/recurrent", "openvino"}},
	{path: "models/ctr/measure", ours: []string{"metrics", "models/ctr/bundle", "models/ctr/score", "train/clicks"}},
	{path: "models/ctr/score", ours: []string{"models/ctr", "openvino", "train/parameters"}},
	{path: "models/ctr/bundle", ours: []string{"crypto/key", "formats", "internal/atomicdir", "models/ctr", "models/ctr/score", "models/modelfile", "train/parameters"}},
	{path: "models/ctr/serve", ours: []string{"models/ctr/bundle", "models/ctr/score"}, modules: []string{
		"github.com/go-json-experiment/json", "golang.org/x/net", "google.golang.org/genproto/googleapis/rpc", "google.golang.org/grpc", "google.golang.org/protobuf",
	}},
	{path: "models/ctr", ours: []string{"graph", "train/parameters"}},
	{path: "models/network", ours: []string{"graph", "train/parameters", "train/target"}},
	{path: "models/template", ours: []string{"formats", "internal/suggest", "models/network"}, modules: []string{"go.yaml.in/yaml/v3"}},
	{path: "models/metadata", ours: []string{"formats"}, modules: []string{"google.golang.org/protobuf", "go.yaml.in/yaml/v3"}},
	{path: "internal/tutorial"},
	{path: "openvino/install", ours: []string{"formats", "internal/atomicdir"}},
	{path: "internal/atomicdir", ours: []string{"internal/workers"}, modules: []string{"golang.org/x/sys"}},
	{path: "internal/workers"},
	{path: "internal/raster", ours: []string{"dataset"}},
	{path: "internal/imagesize", ours: []string{"dataset"}},
	{path: "internal/reencode", ours: []string{"dataset", "files", "formats", "internal/imagesize"}, modules: []string{"golang.org/x/image"}},
	{path: "internal/rgb", ours: []string{"files", "formats", "internal/imagesize", "internal/reencode", "internal/turbojpeg"}},
	{path: "internal/turbojpeg"},
	{path: "internal/nameset"},
	{path: "internal/newfiles"},
	{path: "internal/decimal"},
	{path: "internal/scratch"},
	{path: "internal/suggest"},
	{path: "internal/resume", ours: []string{"crypto/fernet"}},
	{path: "internal/faulttest", ours: []string{}},
	{path: "internal/xmltext", ours: []string{"formats"}},
	{path: "graph/passes", ours: []string{"graph"}},
	{path: "graph/grad", ours: []string{"graph"}},
	{path: "graph", ours: []string{"formats", "internal/xmltext"}},
	{path: "internal/planes", ours: []string{"dataset", "files", "formats", "internal/raster"}},
	{path: "internal/cocogen", ours: []string{"dataset"}},
	{path: "internal/shapes"},
	{path: "internal/learningcurves"},
	{path: "internal/coredump", modules: []string{"golang.org/x/sys"}},
	{path: "internal/exitcode", ours: []string{"formats", "crypto/...", "graph/grad", "models/...", "openvino", "openvino/install"}},
	{path: "internal/ui", ours: []string{"formats"}, modules: []string{"github.com/vbauerster/mpb/v8", "golang.org/x/term"}},
	{path: "internal/demo", ours: []string{"formats/coco/cocotest", "graph"}},
	{path: "internal/peertest", ours: []string{".", "dataset", "files", "formats/...", "formats", "crypto/...", "detect", "internal/..."}},
	{path: "internal/detecttest"},
	{path: "openvino", modules: []string{"golang.org/x/sys"}},
	{path: "internal/openvinotest", ours: []string{"internal/peertest", "openvino"}},
	{path: "internal/imports"},
	{path: "internal/evalreport", ours: []string{"metrics"}},
	{path: "internal/fuzzcorpus"},
	{path: "contrib/kubernetes"}, // a test of manifests; the other folders of contrib are modules of their own
	{path: "internal/commands", ours: []string{".", "events", "events/text", "shard", "models/...", "train/...", "metrics", "graph", "graph/...", "openvino", "openvino/install", "dataset", "files", "formats/...", "formats", "crypto/...", "detect", "internal/..."}, modules: []string{
		"github.com/urfave/cli/v3", "golang.org/x/sys", "golang.org/x/term", "google.golang.org/grpc",
	}},
	{path: "cmd/datum", ours: []string{"internal/commands"}},
}

// forTests are packages that no program may contain.
var forTests = regexp.MustCompile(`^testing$|/(formatstest|[a-z]+test|cocogen|shapes)$`)

// clusters are the modules of cluster and cloud systems: datum is a program for
// one machine, and whoever installs it is not to compile theirs.
var clusters = regexp.MustCompile(`^(k8s\.io|sigs\.k8s\.io|knative\.dev|volcano\.sh|cloud\.google\.com|` +
	`github\.com/(apache/beam|ray-project|kubeflow|aws|Azure|volcengine|aliyun|huaweicloud|hashicorp|docker|containerd))/`)

// goPackage is what the tests need of the output of go list -json.
type goPackage struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
	Module     *struct{ Path string }
}

func list(t *testing.T, args ...string) []goPackage {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Standard,Imports,Deps,Module"}, args...)...)
	cmd.Dir = "../.."
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// inModule returns the path of a package inside the module.
func inModule(importPath string) (rel string, ours bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// below reports whether the package rel is named by pattern.
func below(rel, pattern string) bool {
	if dir, all := strings.CutSuffix(pattern, "/..."); all {
		return strings.HasPrefix(rel, dir+"/")
	}
	return rel == pattern
}

// roomOf returns the room of a package, and the folder that is its own.
func roomOf(rel string) (r room, folder string, ok bool) {
	for _, r := range rooms {
		if dir, star := strings.CutSuffix(r.path, "/*"); star {
			if rest, in := strings.CutPrefix(rel, dir+"/"); in {
				first, _, _ := strings.Cut(rest, "/")
				return r, path.Join(dir, first), true
			}
			continue
		}
		if rel == r.path || !r.single() && strings.HasPrefix(rel, r.path+"/") {
			return r, r.path, true
		}
	}
	return room{}, "", false
}

// offences says which imports of p are against the rules. moduleOf gives the
// module of a package that is not in the standard library, "" for one that is.
func offences(p goPackage, moduleOf func(string) string) []string {
	rel, _ := inModule(p.ImportPath)
	r, folder, ok := roomOf(rel)
	if !ok {
		return []string{fmt.Sprintf("%s: no rule says what it may import: add it to rooms", rel)}
	}
	var found []string
	for _, imported := range p.Imports {
		target, ours := inModule(imported)
		switch other := moduleOf(imported); {
		case ours:
			own := target == folder || strings.HasPrefix(target, folder+"/") && !r.single()
			if !own && !slices.ContainsFunc(r.ours, func(pattern string) bool { return below(target, pattern) }) {
				found = append(found, fmt.Sprintf("%s imports %s", rel, target))
			}
		case other != "" && !slices.Contains(r.modules, other):
			found = append(found, fmt.Sprintf("%s imports the module %s", rel, other))
		}
	}
	return found
}

func TestImportsPointOneWay(t *testing.T) {
	modules := map[string]string{}
	for _, p := range list(t, "-deps", "./...") {
		if !p.Standard && p.Module != nil {
			modules[p.ImportPath] = p.Module.Path
		}
	}
	packages := list(t, "./...")
	if len(packages) < 10 {
		t.Fatalf("go list knows only %d packages", len(packages))
	}
	for _, p := range packages {
		for _, o := range offences(p, func(imported string) string { return modules[imported] }) {
			t.Error(o)
		}
	}
}

func TestProgramContainsNoTests(t *testing.T) {
	for _, p := range list(t, "./cmd/...") {
		for _, dep := range p.Deps {
			if _, ours := inModule(dep); (ours || dep == "testing") && forTests.MatchString(dep) {
				t.Errorf("%s contains %s", p.ImportPath, dep)
			}
		}
	}
}

func TestNoClusterModules(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		name := strings.TrimPrefix(strings.TrimSpace(line), "require ")
		if clusters.MatchString(name) {
			t.Errorf("go.mod needs %s", name)
		}
	}
}

// The rules themselves: each line would go unnoticed if they were wrong.
func TestOffences(t *testing.T) {
	modules := map[string]string{"github.com/google/go-cmp/cmp": "github.com/google/go-cmp", "k8s.io/api/core/v1": "k8s.io/api", "github.com/urfave/cli/v3": "github.com/urfave/cli/v3"}
	for _, test := range []struct {
		from, to string
		allowed  bool
	}{
		{"datum/dataset", "fmt", true},
		{"datum/dataset", "github.com/google/go-cmp/cmp", false},
		{"datum/dataset", "datum/formats", false},
		{"datum/crypto/fernet", "datum/dataset", false},
		{"datum/crypto/fernet", "datum/crypto/key", false},
		{"datum/crypto/key", "datum/crypto/fernet", true},
		{"datum/formats", "datum/dataset", true},
		{"datum/formats", "datum/formats/coco", false},
		{"datum/formats", "datum/detect", false},
		{"datum/formats/coco", "datum/formats", true},
		{"datum/formats/coco", "datum/formats/coco/internal/x", true},
		{"datum/formats/coco", "datum/formats/binary", false},
		{"datum/formats/coco", "datum/formats/all", false},
		{"datum/formats/coco", "datum", false},
		{"datum/formats/coco", "github.com/urfave/cli/v3", false},
		{"datum/formats/coco/internal/x", "datum/formats/coco", true},
		{"datum/formats/coco/internal/x", "datum/formats/binary/internal/y", false},
		{"datum/formats/all", "datum/formats/coco", true},
		{"datum/formats/all", "datum", false},
		{"datum/detect", "datum/formats/all", false},
		{"datum", "datum/formats/all", true},
		{"datum", "datum/cmd/datum", false},
		{"datum", "k8s.io/api/core/v1", false},
		{"datum/internal/workers", "datum", false},
		{"datum/cmd/datum", "datum/internal/commands", true},
		{"datum/internal/commands", "datum", true},
		{"datum/internal/commands", "github.com/urfave/cli/v3", true},
		{"datum/elsewhere", "fmt", false},
	} {
		got := offences(goPackage{ImportPath: test.from, Imports: []string{test.to}}, func(p string) string { return modules[p] })
		if (len(got) == 0) != test.allowed {
			t.Errorf("%s imports %s: %q, want allowed = %v", test.from, test.to, got, test.allowed)
		}
	}
}

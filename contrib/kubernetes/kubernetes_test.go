package kubernetes

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"datum/internal/exitcode"
)

// job is what is looked at of a manifest.
type job struct {
	Kind string
	Spec struct {
		CompletionMode       string `yaml:"completionMode"`
		Completions          int
		Parallelism          int
		BackoffLimitPerIndex *int `yaml:"backoffLimitPerIndex"`
		BackoffLimit         *int `yaml:"backoffLimit"`
		PodFailurePolicy     struct {
			Rules []struct {
				Action      string
				OnExitCodes *struct {
					ContainerName string `yaml:"containerName"`
					Operator      string
					Values        []int
				} `yaml:"onExitCodes"`
			}
		} `yaml:"podFailurePolicy"`
		Template struct {
			Spec struct {
				RestartPolicy string `yaml:"restartPolicy"`
				Containers    []container
				Volumes       []struct {
					Name   string
					Secret *struct {
						DefaultMode int `yaml:"defaultMode"`
					}
				}
			}
		}
	}
}

type container struct {
	Name         string
	Command      []string
	Args         []string
	Env          []struct{ Name, Value string }
	VolumeMounts []struct {
		Name      string
		MountPath string `yaml:"mountPath"`
	} `yaml:"volumeMounts"`
}

func load(t *testing.T, name string) job {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var j job
	if err := yaml.NewDecoder(f).Decode(&j); err != nil {
		t.Fatal(err)
	}
	if j.Kind != "Job" || len(j.Spec.Template.Spec.Containers) != 1 || j.Spec.Template.Spec.RestartPolicy != "Never" {
		t.Fatalf("%s: %+v", name, j)
	}
	return j
}

// final returns the exit codes that end it for good, and what then ends.
func (j *job) final(t *testing.T) (codes []int, action string) {
	t.Helper()
	for _, r := range j.Spec.PodFailurePolicy.Rules {
		if c := r.OnExitCodes; c != nil {
			if c.Operator != "In" || c.ContainerName != j.Spec.Template.Spec.Containers[0].Name {
				t.Errorf("%+v", c)
			}
			codes, action = append(codes, c.Values...), r.Action
		}
	}
	return codes, action
}

// TestPolicies requires what Kubernetes requires of such jobs, and that a damaged
// input or a wrong key is not tried again while a lost pod is.
func TestPolicies(t *testing.T) {
	shards, merge := load(t, "shards.yaml"), load(t, "merge.yaml")
	if s := shards.Spec; s.CompletionMode != "Indexed" || s.BackoffLimitPerIndex == nil || s.BackoffLimit != nil || s.Parallelism > s.Completions {
		t.Errorf("%+v", s)
	}
	if !slices.Contains(shards.Spec.Template.Spec.Containers[0].Args, "--shard=/"+strconv.Itoa(shards.Spec.Completions)) {
		t.Error("the number of shards is not that of the completions")
	}
	for _, j := range []*job{&shards, &merge} {
		codes, action := j.final(t)
		for _, c := range []int{exitcode.Usage, exitcode.Unknown, exitcode.Exists, exitcode.Key, exitcode.Corrupt, exitcode.Ambiguous, exitcode.Bug} {
			if !slices.Contains(codes, c) {
				t.Errorf("exit code %d would be tried again", c)
			}
		}
		for _, c := range []int{exitcode.OK, exitcode.Failed, exitcode.Interrupted} {
			if slices.Contains(codes, c) {
				t.Errorf("exit code %d would not be tried again", c)
			}
		}
		if want := map[string]string{"Indexed": "FailIndex", "": "FailJob"}[j.Spec.CompletionMode]; action != want {
			t.Errorf("%s, not %s", action, want)
		}
	}
}

// TestKeyIsMounted requires that the key comes as a file of a secret that others
// on the node cannot read, and in no argument.
func TestKeyIsMounted(t *testing.T) {
	for _, name := range []string{"shards.yaml", "merge.yaml"} {
		spec := load(t, name).Spec.Template.Spec
		c := spec.Containers[0]
		for _, v := range spec.Volumes {
			if v.Secret == nil {
				continue
			}
			if v.Secret.DefaultMode&0o007 != 0 || v.Secret.DefaultMode == 0 {
				t.Errorf("%s: the secret has mode %o", name, v.Secret.DefaultMode)
			}
			for _, m := range c.VolumeMounts {
				if m.Name == v.Name && (len(c.Env) != 1 || filepath.Dir(c.Env[0].Value) != m.MountPath || c.Env[0].Name != "DATUM_ENCRYPTION_KEY_FILE") {
					t.Errorf("%s: %+v is not where the key is looked for, %+v", name, m, c.Env)
				}
			}
		}
		if strings.Contains(strings.Join(c.Args, " "), "key") {
			t.Errorf("%s: %q", name, c.Args)
		}
	}
}

// cluster stands for one: folders in the place of volumes.
type cluster struct {
	program string
	root    string
}

// run runs the container of a job as a pod would, and returns the exit code.
func (c *cluster) run(t *testing.T, j job, index int) int {
	t.Helper()
	spec := j.Spec.Template.Spec.Containers[0]
	var places []string
	for _, m := range spec.VolumeMounts {
		places = append(places, m.MountPath+"/", filepath.Join(c.root, m.Name)+"/")
	}
	place := strings.NewReplacer(places...).Replace
	args := slices.Clone(spec.Args)
	for i := range args {
		args[i] = place(args[i])
	}
	cmd := exec.Command(c.program, args...)
	cmd.Env = []string{"JOB_COMPLETION_INDEX=" + strconv.Itoa(index), "TMPDIR=" + filepath.Join(c.root, "tmp")}
	for _, e := range spec.Env {
		cmd.Env = append(cmd.Env, e.Name+"="+place(e.Value))
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Logf("%v: %s", err, out)
	}
	return cmd.ProcessState.ExitCode()
}

// TestRun does what a cluster would do: every index in a process of its own, one of
// them twice, and then the merge, twice as well.
func TestRun(t *testing.T) {
	c := cluster{root: t.TempDir()}
	c.program = filepath.Join(c.root, "datum")
	for _, args := range [][]string{{"go", "build", "-o", c.program, "datum/cmd/datum"}, {c.program, "key", "new", filepath.Join(c.root, "key", "key")}} {
		for _, dir := range []string{"data", "key", "tmp"} {
			if err := os.MkdirAll(filepath.Join(c.root, dir), 0o777); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if err := os.CopyFS(filepath.Join(c.root, "data", "in"), os.DirFS("../../testdata/coco/sample")); err != nil {
		t.Fatal(err)
	}
	shards, merge := load(t, "shards.yaml"), load(t, "merge.yaml")
	for i := range shards.Spec.Completions {
		if i == 1 {
			if code := c.run(t, merge, 0); code != exitcode.Unknown {
				t.Errorf("a merge of one shard: exit code %d", code)
			}
		}
		if code := c.run(t, shards, i); code != exitcode.OK {
			t.Fatalf("shard %d: exit code %d", i, code)
		}
	}
	if code := c.run(t, shards, 1); code != exitcode.OK {
		t.Errorf("shard 1 again: exit code %d", code)
	}
	for range 2 {
		if code := c.run(t, merge, 0); code != exitcode.OK {
			t.Fatalf("the merge: exit code %d", code)
		}
	}
	verify := exec.Command(c.program, "verify", filepath.Join(c.root, "data", "out"), "--encryption-key-file", filepath.Join(c.root, "key", "key"))
	if out, err := verify.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

package commands

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// clickTable is a table of events of users who stay in one half of the items; mark is
// part of all names of users.
func clickTable(users int, mark string) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.WriteString("user_id,item_id,category,rating,timestamp\n")
	for u := range users {
		half := random.IntN(2)
		for at := range 4 + random.IntN(9) {
			item := random.IntN(12)*2 + half
			fmt.Fprintf(&b, "%s%d,item%d,category%d,%d,%d\n", mark, u, item, item%3, 1+random.IntN(5), 1000+at)
		}
	}
	fmt.Fprintf(&b, "%s-once,item1,category1,5,1\n", mark)
	return b.Bytes()
}

// newClickBox makes a log, once plain and once encrypted.
func newClickBox(t *testing.T) *trainingBox {
	t.Helper()
	runtime := runtimeFolder()
	if runtime == "" {
		t.Skip("SKIPPED, NOT PASSED: there is no OpenVINO: run make test")
	}
	t.Setenv("DATUM_OPENVINO", runtime)
	b := &trainingBox{datum: filepath.Join(t.TempDir(), "datum"), dir: t.TempDir()}
	t.Setenv("XDG_CACHE_HOME", filepath.Join(b.dir, "cache"))
	if err := os.Symlink(os.Args[0], b.datum); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(b.dir, "table.csv"), clickTable(60, "user"))
	b.run(t, 0, "key", "new", "key")
	b.run(t, 0, "key", "new", "other")
	b.run(t, 0, "convert", "table.csv", "plain", "-f", "events")
	b.run(t, 0, "convert", "table.csv", "enc", "-f", "events", "--encryption", "-k", "key")
	return b
}

func clickTraining(from, out string, more ...string) []string {
	args := append([]string{"train", "ctr", "-i", from, "-o", out, "--threads", "1", "--model", "din", "--embedding", "4", "--max-history", "8", "--batch", "16",
		"--epochs", "4", "--checkpoint-every", "5", "--lr", "0.01"}, more...)
	if from == "enc" {
		args = append(args, "-k", "key")
	}
	return args
}

// clickModel is a model in plain, decrypted where it is sealed.
func (b *trainingBox) clickModel(t *testing.T, run string) []byte {
	t.Helper()
	b.run(t, 0, "model", "decrypt", run+"/model.sealed", run+".datumctr", "-k", "key")
	return b.read(t, run+".datumctr")
}

// TestClickTrainingIsReproducible trains on the same log plain and encrypted, and once
// more with kill -9 in the middle: the models are the same to the last bit.
func TestClickTrainingIsReproducible(t *testing.T) {
	b := newClickBox(t)
	if said := b.run(t, 0, clickTraining("plain", "run")...); !strings.Contains(said, "1 user has fewer than two events") {
		t.Errorf("the user with one event is not told of: %s", said)
	}
	want := b.read(t, "run", "model.datumctr")
	b.run(t, 0, clickTraining("enc", "whole")...)
	if !bytes.Equal(b.clickModel(t, "whole"), want) {
		t.Error("training on an encrypted log gives another model")
	}
	cmd := b.command(clickTraining("enc", "killed")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if _, err := os.Stat(filepath.Join(b.dir, "killed", "checkpoint.sealed")); err == nil {
			break
		}
	}
	cmd.Process.Signal(syscall.SIGKILL)
	cmd.Wait()
	for name, refused := range map[string]struct {
		exit int
		args []string
	}{
		"another seed":      {2, clickTraining("enc", "killed", "--resume", "--seed", "2")},
		"another model":     {2, clickTraining("enc", "killed", "--resume", "--embedding", "5")},
		"neither of both":   {11, clickTraining("enc", "killed")},
		"there is none yet": {2, clickTraining("enc", "nothing", "--resume")},
	} {
		if said := b.run(t, refused.exit, refused.args...); !strings.Contains(said, "hint") {
			t.Errorf("%s: there is no hint: %s", name, said)
		}
	}
	b.run(t, 0, clickTraining("enc", "killed", "--resume")...)
	if !bytes.Equal(b.clickModel(t, "killed"), want) {
		t.Error("a training that was killed and went on gives another model")
	}
	b.clickCommands(t)
}

// clickCommands runs what there is for a model that was trained.
func (b *trainingBox) clickCommands(t *testing.T) {
	t.Helper()
	eval := func(more ...string) ctrEvaluation {
		t.Helper()
		var e ctrEvaluation
		out, err := b.command(append([]string{"eval", "ctr", "--json"}, more...)...).Output()
		if err == nil {
			err = json.Unmarshal(out, &e)
		}
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return e
	}
	e := eval("-m", "whole/model.sealed", "-i", "enc", "-k", "key")
	if e.Result.Samples != 120 || e.Result.Users != 60 || e.Result.UnknownItems != 0 || !e.Encrypted || !e.ModelEncrypted {
		t.Errorf("%+v %+v", e, e.Result)
	}
	one := eval("-m", "run/model.datumctr", "-i", "plain", "--batch", "1")
	if math.Abs(one.Result.AUC-e.Result.AUC) > 1e-3 || math.Abs(one.Result.LogLoss-e.Result.LogLoss) > 1e-5 {
		t.Errorf("one by one, the AUC is %v and not %v", one.Result.AUC, e.Result.AUC)
	}
	// Another log, with longer histories and an item that the model has never seen.
	table := string(clickTable(3, "stranger")) + "user1,new,category1,4,99999\n"
	for i := range 30 {
		table += fmt.Sprintf("user1,item%d,category1,4,%d\n", i%24, 2000+i)
	}
	writeFile(t, filepath.Join(b.dir, "table2.csv"), []byte(table))
	b.run(t, 0, "convert", "table2.csv", "plain2", "-f", "events")
	if other := eval("-m", "run/model.datumctr", "-i", "plain2"); other.Result.UnknownUsers < 6 || other.Result.UnknownItems < 1 || other.Result.Samples != 8 {
		t.Errorf("%+v", other.Result)
	}
	b.run(t, 12, "eval", "ctr", "-m", "whole/model.sealed", "-i", "plain", "-k", "other")
	b.run(t, 12, "eval", "ctr", "-m", "run/model.datumctr", "-i", "plain", "-k", "key")
	if said := b.run(t, 0, "benchmark", "ctr", "-m", "whole/model.sealed", "-k", "key", "-t", "0.01", "--batch", "1,3"); !strings.Contains(said, "din in f32, histories of 8.0 events") {
		t.Error(said)
	}
	b.run(t, 0, "benchmark", "ctr", "-m", "whole/model.sealed", "-k", "key", "-t", "0.01", "--batch", "50", "--length", "real", "-i", "enc")
	b.run(t, 2, "export", "ctr", "-m", "whole/model.sealed", "-k", "key", "-o", "ir")
	b.run(t, 0, "export", "ctr", "-m", "whole/model.sealed", "-k", "key", "-o", "ir", "--plain-output")
	b.run(t, 11, "export", "ctr", "-m", "run/model.datumctr", "-o", "ir")
	if n := len(b.read(t, "ir", "items.bin")); n != 25*4*4 {
		t.Errorf("the table of items has %d bytes", n)
	}
	if said := b.run(t, 2, "benchmark", "-m", "run/model.datumctr", "-t", "0.01"); !strings.Contains(said, "predicts clicks") {
		t.Error(said)
	}
}

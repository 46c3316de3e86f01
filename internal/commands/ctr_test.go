package commands

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
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
	b := emptyBox(t)
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
	b.killed(t, "killed/checkpoint.sealed", clickTraining("enc", "killed"))
	b.refuses(t, map[string]refused{
		"another seed":      {2, clickTraining("enc", "killed", "--resume", "--seed", "2")},
		"another model":     {2, clickTraining("enc", "killed", "--resume", "--embedding", "5")},
		"neither of both":   {11, clickTraining("enc", "killed")},
		"there is none yet": {2, clickTraining("enc", "nothing", "--resume")},
	})
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
	says(t, b.run(t, 0, "model", "info", "whole", "-k", "key"), "network      din, embeddings of 4", "knows        61 users, 24 items, 3 categories", "protocol     neg, 1 negative of", "validation   AUC ")
	one := eval("-m", "run", "-i", "plain", "--batch", "1") // the folder stands for the model in it
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
	b.run(t, 12, "benchmark", "ctr", "-m", "run/model.datumctr", "-k", "key")
	b.run(t, 12, "export", "ctr", "-m", "run/model.datumctr", "-o", "none", "-k", "key")
	b.clickSpeed(t)
	b.run(t, 2, "export", "ctr", "-m", "whole/model.sealed", "-k", "key", "-o", "ir")
	b.run(t, 0, "export", "ctr", "-m", "whole/model.sealed", "-k", "key", "-o", "ir", "--plain-output")
	says(t, b.run(t, 11, "export", "ctr", "-m", "run/model.datumctr", "-o", "ir"), "ir: exists already", "hint: name another folder")
	if st, err := os.Stat(filepath.Join(b.dir, "ir", "users.jsonl")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("what was sealed can be read by others: %v, %v", st.Mode(), err)
	}
	if n := len(b.read(t, "ir", "items.bin")); n != 25*4*4 {
		t.Errorf("the table of items has %d bytes", n)
	}
	if said := b.run(t, 2, "benchmark", "-m", "run/model.datumctr", "-t", "0.01"); !strings.Contains(said, "predicts clicks") {
		t.Error(said)
	}
}

// clickSpeed measures how fast a model is that was trained.
func (b *trainingBox) clickSpeed(t *testing.T) {
	t.Helper()
	if said := b.run(t, 0, "benchmark", "ctr", "-m", "whole/model.sealed", "-k", "key", "-t", "0.01", "--batch", "1,3"); !strings.Contains(said, "din in f32, histories of 8.0 events") {
		t.Error(said)
	}
	b.run(t, 0, "benchmark", "ctr", "-m", "whole/model.sealed", "-k", "key", "-t", "0.01", "--batch", "50", "--length", "real", "-i", "enc")
	said := b.run(t, 0, "benchmark", "ctr", "-m", "run/model.datumctr", "-t", "0.01", "--batch", "1", "--length", "1000000000000")
	says(t, said, "the model looks at the last 8 events of a history", "histories of 8.0 events")
	b.run(t, 0, "convert", "plain", "hidden", "-f", "events", "--pseudonymize", "-k", "key")
	says(t, b.run(t, 0, "eval", "ctr", "-m", "run/model.datumctr", "-i", "hidden"), "the log has pseudonyms, and the model names")
	writeFile(t, filepath.Join(b.dir, "once.csv"), []byte("user,item,rating,time\na,x,1,1\nb,y,1,1\n"))
	b.run(t, 0, "convert", "once.csv", "once", "-f", "events")
	for _, args := range [][]string{{"benchmark", "ctr", "--length", "real"}, {"eval", "ctr"}} {
		says(t, b.run(t, 2, append(args, "-m", "run/model.datumctr", "-i", "once")...), "no user has a row for this", "hint")
	}
}

// TestClickTrainingInterrupted looks at what is there after Ctrl-C and kill -9 within the
// first epoch, and what is said about it.
func TestClickTrainingInterrupted(t *testing.T) {
	b := newClickBox(t)
	writeFile(t, filepath.Join(b.dir, "large.csv"), clickTable(20_000, "user"))
	b.run(t, 0, "convert", "large.csv", "large", "-f", "events")
	long := func(more ...string) []string { return clickTraining("large", "run", append(more, "--epochs", "50")...) }
	b.killed(t, "run/events.out.tfevents.*", append(long(), "--checkpoint-every", "1000000"))
	said := b.signalled(t, syscall.SIGINT, 130, "run/checkpoint", func() {}, long("--resume"))
	says(t, said, "was killed in its first epoch; it begins anew", "interrupted, run holds a checkpoint, and no model of this training yet", "--resume goes on")

	b.run(t, 0, clickTraining("plain", "run", "--overwrite")...)
	model, checkpoint := b.read(t, "run", "model.datumctr"), b.read(t, "run", "checkpoint")
	said = b.signalled(t, syscall.SIGTERM, 130, "run/events.out.tfevents.*", func() {
		until(t, "another checkpoint", func() bool { return !bytes.Equal(b.read(t, "run", "checkpoint"), checkpoint) })
	}, long("--overwrite"))
	says(t, said, "interrupted, run holds a checkpoint, and no model of this training yet", "--resume goes on")
	if !bytes.Equal(b.read(t, "run", "model.datumctr"), model) {
		t.Error("the older model is gone, and there is none in its place")
	}
	checkpoint = b.read(t, "run", "checkpoint")
	said = b.signalled(t, syscall.SIGTERM, 130, "run/events.out.tfevents.*", func() {
		until(t, "another checkpoint", func() bool { return !bytes.Equal(b.read(t, "run", "checkpoint"), checkpoint) })
	}, long("--resume"))
	says(t, said, "interrupted, run holds a checkpoint, and no model of this training yet")
	before, _ := filepath.Glob(filepath.Join(b.dir, "run", "events.out.tfevents.*"))
	b.run(t, 2, long("--resume", "--seed", "7")...)
	if after, _ := filepath.Glob(filepath.Join(b.dir, "run", "events.out.tfevents.*")); !slices.Equal(after, before) {
		t.Errorf("what could not go on left %v of %v", after, before)
	}
	said = b.signalled(t, syscall.SIGINT, 130, "later/curves.html", func() {}, clickTraining("enc", "later", "--epochs", "5000"))
	says(t, said, "interrupted, later holds the best model and the last checkpoint", "--resume goes on")
}

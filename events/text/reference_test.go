package text

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/events"
	"datum/formats/formatstest"
)

// referenceScript makes reviews as the Amazon files of 2014 have them, and of these
// all files that the reference makes, in its way: with eval, a random item before
// each event, histories of what came before, a tenth of the users for testing.
const referenceScript = `
import collections, pickle, random, sys
d, protocol = sys.argv[1] + "/", int(sys.argv[2])
random.seed(3)
cats = ["Books & More", "Art, Music", "Kids' \"own\"", "Caf\u00e9", "default_cat"]
items = {"%010d" % i: random.choice(cats) for i in range(40)}
with open(d + "reviews_Books_5.json", "w", encoding="utf-8") as f:
    when = list(range(1000, 1600)); random.shuffle(when)
    for t in when:
        f.write(repr({"reviewerID": "U%d" % (random.random() ** 2 * 50), "asin": random.choice(list(items)), "reviewText": "it's \"so\" {so}\n",
                      "helpful": [1, 2], "overall": float(random.randint(1, 5)), "unixReviewTime": t}) + "\n")
with open(d + "meta_Books.json", "w", encoding="utf-8") as f:
    for asin, cat in items.items():
        f.write(repr({"asin": asin, "categories": [["Books", cat], ["Other"]], "price": 1.5}) + "\n")

def table(name, rows):
    with open(d + name, "w", encoding="utf-8", newline="\n") as f:
        for row in rows: f.write("\t".join(map(str, row)) + "\n")

metas = [eval(line) for line in open(d + "meta_Books.json", encoding="utf-8")]
reviews = [eval(line) for line in open(d + "reviews_Books_5.json", encoding="utf-8")]
category = {m["asin"]: m["categories"][0][-1] for m in metas}
table("item-info", category.items())
table("reviews-info", [(r["reviewerID"], r["asin"], r["overall"], r["unixReviewTime"]) for r in reviews])
users = collections.defaultdict(list)
for r in reviews: users[r["reviewerID"]].append(r)
everything = [r["asin"] for r in reviews]
joined, split, local, halves = [], [], {"20180118": [], "20190119": []}, ([], [])
for user, events in users.items():
    events.sort(key=lambda r: r["unixReviewTime"])
    past = []
    for i, r in enumerate(events):
        drawn = random.choice([a for a in everything if a != r["asin"]])
        day = "20190119" if i == len(events) - 1 else "20180118"
        half = halves[random.randint(1, 10) == 2] if i == len(events) - 1 else None
        for label, asin in ((0, drawn), (1, r["asin"])):
            joined.append((label, user, asin, r["overall"], r["unixReviewTime"], category[asin]))
            split.append((day,) + joined[-1])
            if past:
                row = (label, user, asin, category[asin], "\x02".join(past), "\x02".join(category[a] for a in past))
                local[day].append(row)
                if half is not None: half.append(row)
        past.append(r["asin"])
table("jointed-new", joined)
table("jointed-new-split-info", split)
table("local_train", local["20180118"])
table("local_test", local["20190119"])
table("local_train_splitByUser", halves[0])
table("local_test_splitByUser", halves[1])
for name, first, columns in (("uid", None, (1,)), ("mid", "default_mid", (2, 4)), ("cat", "default_cat", (3, 5))):
    counts = collections.Counter(x for row in halves[0] for c in columns for x in row[c].split("\x02"))
    voc = {} if first is None else {first: 0}
    for k, _ in counts.most_common(): voc.setdefault(k, len(voc))
    with open(d + name + "_voc.pkl", "wb") as f: pickle.dump(voc, f, protocol)
print(len(reviews), sum(len(e) == 1 for e in users.values()))
`

// TestReference reads what the reference leaves, from each of its files: what a file
// holds comes out of it.
func TestReference(t *testing.T) {
	t.Parallel()
	for _, protocol := range []int{0, 2, 4} {
		dir := t.TempDir()
		python(t, referenceScript, dir, fmt.Sprint(protocol))
		whole := mustImport(t, "amazon", formatstest.Folder(t, dir), events.ImportOptions{}).log
		for _, name := range []string{"", jointed, jointedSplit} {
			got := mustImport(t, "dien", formatstest.Folder(t, filepath.Join(dir, name)), events.ImportOptions{}).log
			same(t, withoutDefault(dump(t, got)), withoutDefault(dump(t, whole)))
		}
		for _, test := range []struct {
			files []string
			drop  int // of each user's events, the last ones
		}{{[]string{localTest}, 0}, {[]string{localTrain}, 1}, {[]string{splitTrain, splitTest, itemVoc, userVoc, categoryVoc}, 0}} {
			part := t.TempDir()
			for _, name := range test.files {
				if err := os.Link(filepath.Join(dir, name), filepath.Join(part, name)); err != nil {
					t.Fatal(err)
				}
			}
			got := mustImport(t, "dien", formatstest.Folder(t, part), events.ImportOptions{}).log
			if a, b := orders(t, got, 0), orders(t, whole, test.drop); a != b {
				t.Errorf("%v:\n%.300s\nwant\n%.300s", test.files, a, b)
			}
		}
	}
}

// withoutDefault makes of a category that is called default_cat none.
func withoutDefault(s string) string { return strings.ReplaceAll(s, ": default_cat\n", ": \n") }

// orders spells the items of each user, by user, and their categories; the last
// events are left out, and whoever has fewer than two then has none in the samples.
func orders(t *testing.T, log *events.Log, drop int) string {
	t.Helper()
	v, err := log.Vocabularies()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for h, err := range log.Histories(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Items)-drop < 2 {
			continue
		}
		line := v.Users.Names[h.User] + ":"
		for _, i := range h.Items[:len(h.Items)-drop] {
			line += " " + v.Items.Names[i] + "/" + v.Categories.Names[v.Category[i]]
		}
		all = append(all, strings.ReplaceAll(line, "/default_cat", "/"))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

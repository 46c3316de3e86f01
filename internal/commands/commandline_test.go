package commands

import (
	"errors"
	"strings"
	"testing"

	"datum/formats"
	"datum/formats/all"
)

func testApp() *app { return &app{registry: all.Registry(), getenv: func(string) string { return "" }} }

func TestParse(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		// The order that the library wants, and any other.
		{"convert -i IN -f coco -o OUT", "datum convert --input-path=IN --output-format=coco --output-dir=OUT --"},
		{"convert IN OUT -f coco", "datum convert --output-format=coco -- IN OUT"},
		{"convert IN -f coco OUT --json", "datum convert --output-format=coco --json=true -- IN OUT"},
		{"--json convert IN", "datum convert --json=true -- IN"},
		{"-f coco convert IN", "datum convert --output-format=coco -- IN"},
		{"key --json new k", "datum key new --json=true -- k"},
		{"-k file key fingerprint", "datum key fingerprint --encryption-key-file=file --"},
		// As Datumaro took them.
		{"convert -i IN -if coco -o OUT -f datumaro_binary --overwrite -- --save-media --encryption",
			"datum convert --input-path=IN --input-format=coco --output-dir=OUT --output-format=datumaro_binary --overwrite=true --save-media=true --encryption=true --"},
		{"convert -i IN -f coco -- --save-images --image-ext=.jpg", "datum convert --input-path=IN --output-format=coco --save-media=true --image-ext=.jpg --"},
		{"convert --input-p IN --output-f coco", "datum convert --input-path=IN --output-format=coco --"},
		{"format -li -d ,", "datum formats --list-import=true --delimiter=, --"},
		{"dinfo IN", "datum info -- IN"},
		// Short flags, grouped or with their value.
		{"convert -fcoco -j4 -qv", "datum convert --output-format=coco --num-workers=4 --quiet=true --verbose=true --"},
		{"convert -qfcoco -f=voc", "datum convert --quiet=true --output-format=coco --output-format=voc --"},
		{"convert --save-media=false -k -", "datum convert --save-media=false --encryption-key-file=- --"},
		// What looks like a flag and is none.
		{"info - ", "datum info -- -"},
		{"info -- -x", "datum info -- -x"},
		{"info -- --x --y", "datum info -- --x --y"},
		{"convert --encryption-key --json", "datum convert --encryption-key=--json --"},
	} {
		l, err := parse(testApp().root(), strings.Fields(test.line))
		if err != nil {
			t.Errorf("%s: %v", test.line, err)
			continue
		}
		if got := strings.Join(l.canonical(), " "); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.line, got, test.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ line, want, hint string }{
		{"convrt", `datum has no command "convrt"`, "did you mean datum convert?"},
		{"key finger", `datum key has no command "finger"`, "datum key --help"},
		{"key finterprint", `datum key has no command "finterprint"`, "did you mean datum key fingerprint?"},
		{"xyzzy", `datum has no command "xyzzy"`, "datum --help"},
		{"stats", "not there yet", "datum --help"},
		{"convert --encrypton", "there is no option --encrypton", "did you mean --encryption?"},
		{"convert --overwirte=1", "there is no option --overwirte", "did you mean --overwrite?"},
		{"convert --xyzzyxyzzy", "there is no option --xyzzyxyzzy", "datum convert --help"},
		{"convert --enc", "there is no option --enc", ""}, // two begin so
		{"convert -zq", "there is no option -zq", ""},
		{"convert -f", "-f needs a value", "datum convert --help"},
		{"convert -qf", "-f needs a value", "datum convert --help"},
		{"convert --output-format", "--output-format needs a value", ""},
	} {
		_, err := parse(testApp().root(), strings.Fields(test.line))
		if !errors.Is(err, formats.ErrUsage) || !strings.Contains(err.Error(), test.want) || !strings.Contains(formats.Hint(err), test.hint) {
			t.Errorf("%s: %v, hint %q", test.line, err, formats.Hint(err))
		}
	}
}

func TestHelpIsWanted(t *testing.T) {
	for line, want := range map[string]string{
		"--help": "datum", "-h": "datum", "help": "datum", "help convert": "datum convert", "convert -h": "datum convert",
		"convert IN -f coco --help": "datum convert", "help key new": "datum key new", "convert -- -h": "",
	} {
		l, err := parse(testApp().root(), strings.Fields(line))
		if err != nil {
			t.Fatal(err)
		}
		if l.help != (want != "") || l.help && strings.Join(l.path, " ") != want {
			t.Errorf("%s: help %t of %v", line, l.help, l.path)
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, test := range []struct{ words, want string }{
		{"con", "convert"},
		{"key ", "new fingerprint check wrap unwrap"},
		{"completion z", "zsh"},
		{"convert -f datumaro_b", "datumaro_binary"},
		{"convert IN --output-format datumaro_b", "datumaro_binary"},
		{"convert --save-m", "--save-media"},
		{"convert --color a", "auto always"},
		{"--progress n", "none"},
		{"convert --media h", "hardlink"},
		{"convert --on-collision re", "rename"},
		{"convert --voc-coordinates ", "zero-based one-based"},
		{"convert --jso", "--json"},
		{"convert -o ", ""},
		{"convert IN ", ""},
		{"convert --nonsense ", ""},
		{"info --he", "--help"},
	} {
		var out strings.Builder
		a := testApp()
		a.stdout = &out
		if err := a.completeWords(strings.Split(test.words, " ")); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(strings.Fields(out.String()), " "); got != test.want {
			t.Errorf("%q: %q, want %q", test.words, got, test.want)
		}
	}
}

// TestEveryFlagIsExplained looks at all commands as the help does.
func TestEveryFlagIsExplained(t *testing.T) {
	root := testApp().root()
	for _, c := range append(root.Commands, root) {
		if c.Usage == "" || c.UsageText == "" {
			t.Errorf("%s: no usage", c.Name)
		}
		headings := map[string]bool{}
		last := ""
		for i, o := range describe(c.Flags) {
			if i > 0 && o.Group != last && headings[o.Group] {
				t.Errorf("%s: the heading %q comes twice", c.Name, o.Group)
			}
			last, headings[o.Group] = o.Group, true
			if o.About == "" || strings.HasSuffix(o.About, ".") || o.Value == "VALUE" {
				t.Errorf("%s %v: %q, value %q", c.Name, o.Names, o.About, o.Value)
			}
		}
	}
}

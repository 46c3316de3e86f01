package commands

import (
	"strings"
	"testing"

	"github.com/urfave/cli/v3"
)

func TestPrintHanging(t *testing.T) {
	indent := strings.Repeat(" ", helpIndent)
	long := strings.Repeat("word ", 20)
	for _, test := range []struct{ term, about, want string }{
		{"  -a", "one", "  -a" + indent[4:] + "one\n"},
		{"  " + strings.Repeat("a", 40), "one", "  " + strings.Repeat("a", 40) + "\n" + indent + "one\n"},
		{"  -a", "", "  -a\n"},
		{"  -a", long, "  -a" + indent[4:] + strings.TrimSpace(strings.Repeat("word ", 13)) + "\n" + indent + strings.TrimSpace(strings.Repeat("word ", 7)) + "\n"},
		{"  -a", strings.Repeat("x", 200), "  -a" + indent[4:] + strings.Repeat("x", 200) + "\n"},
	} {
		var b strings.Builder
		printHanging(&b, test.term, test.about)
		if b.String() != test.want {
			t.Errorf("%q, %q:\n got %q\nwant %q", test.term, test.about, b.String(), test.want)
		}
	}
}

func TestDescribe(t *testing.T) {
	got := describe([]cli.Flag{
		&cli.StringFlag{Name: "output-format", Aliases: []string{"f"}, Usage: "the `FORMAT` to write", Value: "coco", Category: "output"},
		&cli.BoolFlag{Name: "quick", Usage: "be quick"},
		&cli.IntFlag{Name: "n", Usage: "a number"},
		&cli.IntFlag{Name: "depth", Usage: "go `N` down", Value: 3},
		&cli.StringFlag{Name: "secret", Hidden: true},
	})
	want := []optionHelp{
		{Names: []string{"--output-format", "-f"}, Value: "FORMAT", Default: "coco", Group: "output", About: "the FORMAT to write"},
		{Names: []string{"--quick"}, About: "be quick"},
		{Names: []string{"-n"}, Value: "VALUE", About: "a number"},
		{Names: []string{"--depth"}, Value: "N", Default: "3", About: "go N down"},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		g, w := got[i], want[i]
		if strings.Join(g.Names, " ") != strings.Join(w.Names, " ") || g.Value != w.Value || g.Default != w.Default || g.Group != w.Group || g.About != w.About {
			t.Errorf("%d: %+v, want %+v", i, g, w)
		}
	}
}

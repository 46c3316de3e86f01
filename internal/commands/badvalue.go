package commands

import (
	"regexp"
	"slices"

	"github.com/urfave/cli/v3"
)

// notTaken is what the library says of the value of a flag.
var notTaken = regexp.MustCompile(`^invalid value (".*") for flag -(\S+): `)

// badValue says what a flag takes, in place of what Go's parsers say of a value that is
// none. Other mistakes are said as the library says them.
func badValue(c *cli.Command, err error) error {
	m := notTaken.FindStringSubmatch(err.Error())
	if m == nil {
		return usagef(c, "%v", err)
	}
	for _, f := range c.Flags {
		if kind := kindOfValue(f); kind != "" && slices.Contains(f.Names(), m[2]) {
			return usagef(c, "%s takes %s, not %s", dashed(m[2]), kind, m[1])
		}
	}
	return usagef(c, "%v", err)
}

func kindOfValue(f cli.Flag) string {
	switch f.(type) {
	case *cli.IntFlag, *cli.Int64Flag:
		return "a whole number"
	case *cli.UintFlag, *cli.Uint64Flag:
		return "a whole number that is not negative"
	case *cli.FloatFlag:
		return "a number"
	case *cli.DurationFlag:
		return "a time such as 2s or 500ms"
	}
	return ""
}

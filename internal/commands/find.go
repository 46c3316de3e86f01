package commands

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/urfave/cli/v3"

	"datum/formats"
	"datum/models/network"
	"datum/models/template"
)

func (a *app) findCommand() *cli.Command {
	return &cli.Command{
		Name: "find", Usage: "show what can be trained", UsageText: "datum find [--task detection|classification] | datum find NAME > FILE.yaml",
		Description: `Each line is a template for datum train. A template is a file in YAML that can be copied, changed and given to
datum train by its path: with a NAME, that file is printed.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "task", Usage: "only those for this `TASK`: detection or classification"},
		},
		Action: a.findTemplates,
	}
}

func (a *app) findTemplates(_ context.Context, c *cli.Command) error {
	args, err := arguments(c, 1)
	if err != nil {
		return err
	}
	task := network.Task(c.String("task"))
	if task != "" && task != network.Detection && task != network.Classification {
		return usagef(c, "--task is detection or classification, not %q", task)
	}
	if len(args) == 1 {
		return a.findTemplate(c, args[0])
	}
	list, err := template.List(task)
	if err != nil {
		return err
	}
	var r templates
	for _, t := range list {
		n, err := network.New(t.Network(exampleClasses))
		if err != nil {
			return err
		}
		r.Templates = append(r.Templates, templateLine{t.Name, t.Task(), parametersOf(n), t.Input.Width, t.Input.Height, t.Schedule.Epochs, t.About})
	}
	return a.Result(&r)
}

// findTemplate prints the file of one template.
func (a *app) findTemplate(c *cli.Command, name string) error {
	if c.IsSet("task") {
		return usagef(c, "the name of a template and --task exclude each other")
	}
	text, err := template.Text(name)
	if err != nil {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%w", err), "%s", cmp.Or(formats.Hint(err), "datum find shows the templates"))
	}
	return a.Result(templateFile{name, string(text)})
}

// templateFile is a template as it is written.
type templateFile struct {
	Name string `json:"name"`
	YAML string `json:"yaml"`
}

func (templateFile) Kind() string { return "template" }

func (t templateFile) Text(w io.Writer) { io.WriteString(w, t.YAML) }

// exampleClasses is for how many classes the parameters are counted.
const exampleClasses = 10

type templates struct {
	Templates []templateLine `json:"templates"`
}

type templateLine struct {
	Name       string       `json:"name"`
	Task       network.Task `json:"task"`
	Parameters int          `json:"parameters"`
	Width      int          `json:"width"`
	Height     int          `json:"height"`
	Epochs     int          `json:"epochs"`
	About      string       `json:"about"`
}

func (*templates) Kind() string { return "templates" }

func (t *templates) Text(w io.Writer) {
	for _, l := range t.Templates {
		fmt.Fprintf(w, "%-22s %-15s %9d parameters  %4d × %-4d  %s\n", l.Name, l.Task, l.Parameters, l.Width, l.Height, l.About)
	}
}

package commands

import (
	"context"
	"fmt"
	"io"

	"github.com/urfave/cli/v3"

	"datum/models/network"
	"datum/models/template"
)

func (a *app) findCommand() *cli.Command {
	return &cli.Command{
		Name: "find", Usage: "show what can be trained", UsageText: "datum find [--task detection|classification]",
		Description: `Each line is a template for datum train. A template is a file in YAML that can be copied, changed and given to datum train by its path.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "task", Usage: "only those for this `TASK`: detection or classification"},
		},
		Action: a.findTemplates,
	}
}

func (a *app) findTemplates(_ context.Context, c *cli.Command) error {
	task := network.Task(c.String("task"))
	if task != "" && task != network.Detection && task != network.Classification {
		return usagef(c, "--task is detection or classification, not %q", task)
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

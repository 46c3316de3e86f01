package imagefolder

import (
	"datum/dataset"
	"datum/formats"
)

// allParts are what no format of pictures has a place for.
const allParts = formats.PartAttributes | formats.PartID | formats.PartGroup | formats.PartObjectID | formats.PartZ

// loseInfo counts what is lost of a dataset whose labels are kept.
func loseInfo(l *formats.Loss, info *dataset.Info) {
	l.AddLabelAttributes(&info.Categories)
	l.AddParents(&info.Categories)
	loseRest(l, info)
}

// loseBareInfo counts what a format without labels loses of a dataset.
func loseBareInfo(l *formats.Loss, info *dataset.Info) {
	if c := info.Categories.Labels; c != nil {
		for _, x := range c.Labels {
			l.Add("categories dropped", x.Name, 1)
		}
		l.Add("names of attributes of categories dropped", "all categories", len(c.Attributes))
	}
	loseRest(l, info)
}

func loseRest(l *formats.Loss, info *dataset.Info) {
	l.AddInfoAttributes(info)
	l.AddLabelGroups(&info.Categories)
	l.AddColors(&info.Categories)
	l.AddSkeletons(&info.Categories, "skeletons of labels dropped")
}

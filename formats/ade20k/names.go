package ade20k

import (
	"path"
	"strconv"
	"strings"

	"datum/internal/imagesize"
)

const metaFile = "dataset_meta.json"

// maxLevel bounds the levels of parts that are believed in. There are three in
// the whole of ADE20K.
const maxLevel = 99

// role says what a file is to the item of its name.
type role int

const (
	roleOther   role = iota
	rolePicture      // x.jpg
	roleJSON         // x.json
	roleText         // x_atr.txt
	roleLevel        // x_seg.png, x_parts_1.png
)

// roleOf returns what a file is, the name of its item, and the level of parts
// that it has masks of, 0 being whole objects.
func roleOf(name string) (r role, item string, level int) {
	item = stem(name)
	switch ext := strings.ToLower(path.Ext(name)); {
	case item == "" || strings.EqualFold(name, metaFile):
		return roleOther, "", 0
	case ext == ".json":
		return roleJSON, item, 0
	case ext == ".txt":
		if of, ok := cutFold(item, "_atr"); ok {
			return roleText, of, 0
		}
		return roleOther, "", 0
	case ext == ".png":
		if of, ok := cutFold(item, "_seg"); ok {
			return roleLevel, of, 0
		}
		if of, n, ok := cutParts(item); ok {
			return roleLevel, of, n
		}
	}
	if imagesize.IsImage(name) {
		return rolePicture, item, 0
	}
	return roleOther, "", 0
}

// cutParts takes "_parts_N" off the end of a name.
func cutParts(name string) (of string, level int, ok bool) {
	i := strings.LastIndexByte(name, '_')
	if i < 0 {
		return "", 0, false
	}
	if of, ok = cutFold(name[:i], "_parts"); !ok {
		return "", 0, false
	}
	level, err := strconv.Atoi(name[i+1:])
	return of, level, err == nil && level > 0 && level <= maxLevel
}

// cutFold takes an ending off a name, in any case, where something is left.
func cutFold(name, ending string) (string, bool) {
	n := len(name) - len(ending)
	if n <= 0 || !strings.EqualFold(name[n:], ending) {
		return "", false
	}
	return name[:n], true
}

// isInstance tells the name of a picture of one instance.
func isInstance(name string) bool {
	return hasExt(name, ".png") && strings.HasPrefix(strings.ToLower(name), "instance_")
}

// subsetNames are names of folders that are parts of the dataset for sure.
var subsetNames = []string{"training", "validation", "test", "testing", "train", "val"}

func isSubsetName(name string) bool {
	for _, s := range subsetNames {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

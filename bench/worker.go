package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

// workerFlag is the first argument of the processes that this program starts of
// itself: those that need much memory, and those whose time is measured.
const workerFlag = "-worker"

// work does what the arguments of a worker say and prints figures as an object.
func work(args []string) error {
	job := jobs[args[0]]
	if job.do == nil || len(args)-1 != job.arguments {
		return fmt.Errorf("a worker cannot %q", args)
	}
	values, err := job.do(args[1:])
	if err != nil {
		return err
	}
	if values == nil {
		values = map[string]float64{}
	}
	return json.NewEncoder(os.Stdout).Encode(values)
}

// numbers reads arguments that are numbers.
func numbers(args ...string) ([]float64, error) {
	list := make([]float64, len(args))
	for i, text := range args {
		var err error
		if list[i], err = strconv.ParseFloat(text, 64); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// jobs are what workers do.
var jobs = map[string]struct {
	arguments int
	do        func([]string) (map[string]float64, error)
}{
	"generate": {3, func(a []string) (map[string]float64, error) { return nil, generate(a[0], a[1], a[2]) }},
	"read": {1, func(a []string) (map[string]float64, error) {
		n, err := readFiles(a[0])
		return map[string]float64{"bytes": float64(n)}, err
	}},
	"count": {1, func(a []string) (map[string]float64, error) {
		files, bytes, err := countFiles(a[0])
		return map[string]float64{"files": float64(files), "bytes": float64(bytes)}, err
	}},
	"lines": {1, func(a []string) (map[string]float64, error) {
		n, err := countLines(a[0])
		return map[string]float64{"lines": float64(n)}, err
	}},
	"ctr-start":   {2, func(a []string) (map[string]float64, error) { return nil, writeCtrStart(a[0], a[1]) }},
	"ctr-step":    {3, workCtrStep},
	"ctr-predict": {6, workCtrPredict},
	"train-start": {3, func(a []string) (map[string]float64, error) { return nil, writeStart(a[0], a[1], a[2]) }},
	"train-step":  {5, workStep},
	"clicks":      {1, func(a []string) (map[string]float64, error) { return nil, writeClickModel(a[0]) }},
	"load": {4, func(a []string) (map[string]float64, error) {
		n, err := numbers(a[2:]...)
		if err != nil {
			return nil, err
		}
		return load(a[0], a[1], int(n[0]), n[1])
	}},
	"train-twins": {9, workTwins},
	"scattered": {5, func(a []string) (map[string]float64, error) {
		n, err := numbers(a[3:]...)
		if err != nil {
			return nil, err
		}
		return nil, makeScattered(a[0], a[1], a[2], int(n[0]), int(n[1]))
	}},
	"mnist": {2, func(a []string) (map[string]float64, error) { return nil, makeMNIST(a[0], a[1]) }},
	"photos": {3, func(a []string) (map[string]float64, error) {
		n, err := numbers(a[2:]...)
		if err != nil {
			return nil, err
		}
		return nil, makePhotos(a[0], a[1], int(n[0]))
	}},
	"list":    {2, func(a []string) (map[string]float64, error) { return nil, listFiles(a[0], a[1]) }},
	"floor":   {4, func(a []string) (map[string]float64, error) { return measureFloor(a[0], a[1], a[2], a[3]) }},
	"profile": {5, func(a []string) (map[string]float64, error) { return profileConversion(a[0], a[1], a[2], a[3], a[4]) }},
	"create": {3, func(a []string) (map[string]float64, error) {
		n, err := numbers(a[1:]...)
		if err != nil {
			return nil, err
		}
		return nil, createFiles(a[0], int(n[0]), int64(n[1]))
	}},
	"encryption": {2, func(a []string) (map[string]float64, error) {
		n, err := numbers(a[1:]...)
		if err != nil {
			return nil, err
		}
		return measureScheme(a[0], n[0])
	}},
}

// createFiles writes n files of the same size into a new folder.
func createFiles(dir string, n int, size int64) error {
	list := make([]file, n)
	for i := range list {
		list[i] = file{Path: fmt.Sprintf("%012d.txt", i), Size: size}
	}
	return writeFiles(dir, list)
}

package coco

import (
	"os"
	"runtime"
	"runtime/pprof"
	"syscall"
	"testing"
	"time"

	"datum/files"
	"datum/formats"
)

func threadCPU() (u, s time.Duration) {
	var r syscall.Rusage
	syscall.Getrusage(1, &r)
	return time.Duration(r.Utime.Nano()), time.Duration(r.Stime.Nano())
}

func TestZZ(t *testing.T) {
	runtime.LockOSThread()
	f, err := os.Open("/tmp/b40k/annotations/instances_train.json")
	if err != nil {
		t.Fatal(err)
	}
	best := time.Hour
	if p := os.Getenv("ZZPROF"); p != "" {
		w, _ := os.Create(p)
		pprof.StartCPUProfile(w)
		defer pprof.StopCPUProfile()
	}
	if os.Getenv("ZZ") != "items" {
		for range 12 {
			f.Seek(0, 0)
			u, s := threadCPU()
			if quickScan(f, false) == nil {
				t.Fatal()
			}
			u2, s2 := threadCPU()
			if d := u2 - u + s2 - s; d < best {
				best = d
				t.Log("scan", u2-u, s2-s)
			}
		}
	}
	if os.Getenv("ZZ") == "scan" {
		return
	}
	dir, _ := files.OpenFolder("/tmp/b40k")
	im, err := open(t.Context(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m := im.(*importer)
	best = time.Hour
	for range 8 {
		u, s := threadCPU()
		for j := range m.jobs {
			if _, err := m.read(j); err != nil {
				t.Fatal(err)
			}
		}
		u2, s2 := threadCPU()
		if d := u2 - u + s2 - s; d < best {
			best = d
			t.Log("items", u2-u, s2-s)
		}
	}
}

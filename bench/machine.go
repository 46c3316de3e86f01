package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// machine is where the figures are from.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory int64  `json:"memory_bytes"`
	Kernel string `json:"kernel"`
	Files  string `json:"file_system"`
	Go     string `json:"go"`
}

func thisMachine(data string) machine {
	m := machine{CPU: "unknown", Cores: runtime.NumCPU(), Files: fileSystem(data), Go: runtime.Version()}
	if name := valueIn("/proc/cpuinfo", "model name"); name != "" {
		m.CPU = name
	}
	kB, _ := strconv.ParseInt(strings.TrimSuffix(valueIn("/proc/meminfo", "MemTotal"), " kB"), 10, 64)
	m.Memory = kB << 10
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(release))
	}
	return m
}

// valueIn returns what stands behind the first "name:" of a file.
func valueIn(file, name string) string {
	text, _ := os.ReadFile(file)
	for line := range bytes.Lines(text) {
		k, v, found := strings.Cut(string(line), ":")
		if found && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// fileSystem names the kind of file system that a folder lies on.
func fileSystem(dir string) string {
	kinds := map[int64]string{0xEF53: "ext4", 0x58465342: "xfs", 0x9123683E: "btrfs", 0x01021994: "tmpfs", 0x794C7630: "overlay"}
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return "unknown"
	}
	if name, ok := kinds[int64(s.Type)]; ok {
		return name
	}
	return fmt.Sprintf("%#x", s.Type)
}

func cores() float64 { return float64(runtime.NumCPU()) }

// loadAverage returns the load average of one minute, or 0 where there is none.
func loadAverage() float64 {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	load, _ := strconv.ParseFloat(first, 64)
	return load
}

// busyTime returns the CPU seconds that all processes together have used since
// the machine was started, or 0 where the system does not say.
func busyTime() float64 {
	f, err := os.Open("/proc/stat")
	if err != nil {
		return 0
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Scan()
	fields := strings.Fields(s.Text())
	// user, nice, system, idle, waiting for disks, interrupts, soft interrupts.
	const idle, waiting, hundredths = 4, 5, 100
	var sum float64
	for i := 1; i < min(len(fields), 8); i++ {
		if i != idle && i != waiting {
			ticks, _ := strconv.ParseFloat(fields[i], 64)
			sum += ticks
		}
	}
	return sum / hundredths
}

// usedByMe returns the CPU seconds of this process.
func usedByMe() float64 {
	var r syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}

// peakOfMine returns the resident memory of this process at its largest. The
// kernel counts a child as at least that large.
func peakOfMine() int64 {
	var r syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return r.Maxrss << 10
}

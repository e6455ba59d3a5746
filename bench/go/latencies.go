package main

import (
	"slices"
	"time"
)

// latencies are samples of a latency, printed as their median and their 99th percentile.
type latencies struct {
	name    string
	samples []time.Duration
}

func (l *latencies) add(d time.Duration) { l.samples = append(l.samples, d) }

func (l *latencies) emit() {
	slices.Sort(l.samples)
	for _, p := range []struct {
		name    string
		percent int
	}{{"-p50", 50}, {"-p99", 99}} {
		emit(l.name+p.name, float64(l.samples[len(l.samples)*p.percent/100].Nanoseconds())/1e3, "us")
	}
}

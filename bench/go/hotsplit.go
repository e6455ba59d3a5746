// The stack growth that Go had until 1.2, looked for at every depth; see Weft.Bench/HotSplit.cs for how and why.

package main

import (
	"slices"
	"time"
)

const (
	depths  = 200_000
	batches = 4
	calls   = 16
	sweeps  = 5
)

type sweep struct {
	base  time.Time
	worst time.Duration
	sum   int64
}

func hotSplit(name string) {
	worst := make([]time.Duration, 0, sweeps)
	for i := -2; i < sweeps; i++ {
		s := &sweep{base: time.Now()}
		once(func() { s.sum = descend(0, s) })
		check(int64(depths)*batches*calls*4, s.sum)
		if i >= 0 {
			worst = append(worst, s.worst)
		}
	}
	slices.Sort(worst)
	emit(name, float64(worst[sweeps/2].Nanoseconds())/calls, "ns")
}

func descend(depth int, s *sweep) int64 {
	var sum int64
	best := time.Duration(1 << 62)
	leaf(4)
	for range batches {
		start := time.Since(s.base)
		for range calls {
			sum += int64(leaf(4))
		}
		best = min(best, time.Since(s.base)-start)
	}
	s.worst = max(s.worst, best)
	if depth+1 == depths {
		return sum
	}
	return sum + descend(depth+1, s)
}

func leaf(n int) int {
	if n == 0 {
		return 0
	}
	return leaf(n-1) + 1
}

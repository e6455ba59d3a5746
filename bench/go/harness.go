// Sizes, measurement and output, as in bench/Common: a change here is a change there.

package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

const (
	million      = 1_000_000
	ringSize     = 1_000
	items        = 4_000_000
	buffer       = 128
	manyEach     = 16
	primes       = 2_000
	lastPrime    = 17_389
	fibOf        = 38
	parkedWarmUp = 5_000

	foreignCalls  = 5_000_000
	wakeUps       = 2_000
	wakeUpsWarmUp = 300
	wakerGoesOn   = 200 * time.Microsecond
	callers       = 1_000
	callUs        = 10_000

	warmUpRounds = 3
	smallRuns    = 40
	runs         = 5
	settle       = 200 * time.Millisecond
)

type scale int

const (
	nanoseconds  scale = iota // an operation
	milliseconds              // the whole run
)

// measure warms up, measures full and prints its median. Go compiles nothing at run time, but the warm-up also grows
// the heap and the free lists, so it is the same for all.
func measure(name string, s scale, operations int, full, small func()) {
	for range warmUpRounds {
		for range smallRuns {
			once(small)
		}
		once(full)
		time.Sleep(settle)
	}
	times := make([]time.Duration, runs)
	for i := range times {
		start := time.Now()
		once(full)
		times[i] = time.Since(start)
	}
	slices.Sort(times)
	median := float64(times[runs/2].Nanoseconds())
	if s == nanoseconds {
		emit(name, median/float64(operations), "ns")
	} else {
		emit(name, median/1e6, "ms")
	}
}

// once runs body as a goroutine of its own, as the other harnesses do.
func once(body func()) {
	done := make(chan struct{})
	go func() {
		body()
		close(done)
	}()
	<-done
}

func emit(name string, value float64, unit string) {
	fmt.Printf("%s %d %.2f %s -\n", name, runtime.GOMAXPROCS(0), value, unit)
}

func check[T comparable](expected, actual T) {
	if expected != actual {
		panic(fmt.Sprintf("wrong answer: expected %v, got %v", expected, actual))
	}
}

// resident is the resident memory of this process in bytes.
func resident() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	var size, pages float64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		panic(err)
	}
	return pages * float64(os.Getpagesize())
}

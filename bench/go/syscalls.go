// Many goroutines in foreign calls that block their threads, beside others that compute.

package main

// #include <unistd.h>
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

func syscalls(name string) {
	var slower, calls []float64
	for i := -1; i < runs; i++ { // one to warm up
		alone, _ := computedBeside(0)
		beside, call := computedBeside(callers)
		if i < 0 {
			continue
		}
		slower = append(slower, alone/beside)
		calls = append(calls, call)
	}
	emit(name+"-compute", median(slower), "x")
	emit(name+"-call", median(calls), "us")
}

// computedBeside is what the others compute in a second, and how long a call takes its caller, in microseconds.
func computedBeside(callers int) (computed, call float64) {
	l := &loops{}
	var group sync.WaitGroup
	var calls atomic.Int64
	start := time.Now()
	group.Add(callers)
	for range callers {
		go func() {
			n := int64(0)
			for ; !l.stop.Load(); n++ {
				C.usleep(callUs)
			}
			calls.Add(n)
			group.Done()
		}()
	}
	l.start(&group, runtime.GOMAXPROCS(0))
	time.Sleep(sharesTime)
	l.stop.Store(true)
	group.Wait()
	elapsed := time.Since(start)
	return l.done() / elapsed.Seconds(), float64(elapsed.Microseconds()) * float64(callers) / float64(max(1, calls.Load()))
}

// Sleeping goroutines: how late they wake, and what processor time it takes; as bench/Weft.Bench/Sleepers.cs.

package main

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	lead   = 4 * time.Second
	spread = 10 * time.Second
)

func sleepers(name string, count int) {
	sleepAll(count/100, lead/40, spread/50)
	runtime.GC()
	time.Sleep(settle)
	before := cpuTime()
	late := sleepAll(count, lead, spread)
	cpu := cpuTime() - before
	slices.Sort(late)
	check(true, late[0] >= 0)
	emit(name+"-p50", float64(late[count/2])/1e3, "us")
	emit(name+"-p99", float64(late[count-count/100])/1e3, "us")
	emit(name+"-cpu", float64(cpu)/1e6, "ms")
}

func sleepAll(count int, lead, spread time.Duration) []time.Duration {
	late := make([]time.Duration, count)
	start := time.Now()
	var all sync.WaitGroup
	var next atomic.Int64
	all.Add(count)
	for range count {
		go func() {
			i := next.Add(1) - 1
			slot := i * 7919 % int64(count)
			deadline := lead + time.Duration(float64(spread)*float64(slot)/float64(count))
			time.Sleep(deadline - time.Since(start))
			late[i] = time.Since(start) - deadline
			all.Done()
		}()
	}
	all.Wait()
	return late
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Resident memory of goroutines that are parked. One run only: a second one would find the memory of the first.

package main

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

func parked(name string, count int) {
	before := resident()
	newCrowd(parkedWarmUp).release()
	start := time.Now()
	c := newCrowd(count)
	took := time.Since(start)
	time.Sleep(300 * time.Millisecond)
	emit(name+"-rss", (resident()-before)/float64(count), "B")
	debug.FreeOSMemory()
	emit(name+"-settled", (resident()-before)/float64(count), "B")
	emit(name+"-spawn", float64(took.Nanoseconds())/1e6, "ms")
	c.release()
}

// crowd is goroutines that all wait on one channel.
type crowd struct {
	gate    chan int
	all     sync.WaitGroup
	started atomic.Int64
	count   int
}

func newCrowd(count int) *crowd {
	c := &crowd{gate: make(chan int), count: count}
	c.all.Add(count)
	for range count {
		go c.wait()
	}
	for c.started.Load() < int64(count) {
		runtime.Gosched()
	}
	return c
}

func (c *crowd) wait() {
	c.started.Add(1)
	<-c.gate
	c.all.Done()
}

func (c *crowd) release() {
	for range c.count {
		c.gate <- 1
	}
	c.all.Wait()
}

package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

func yielding(each int) {
	var group sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(2 * each))
	group.Add(2)
	for range 2 {
		go func() {
			n := 0
			for ; n < each; n++ {
				runtime.Gosched()
			}
			left.Add(-int64(n))
			group.Done()
		}()
	}
	group.Wait()
	check(0, left.Load())
}

// A mutex, a read-write lock and a wait group under many goroutines; an operation is one lock and unlock, or one round of the group.

package main

import (
	"runtime"
	"sync"
)

const (
	contenders = 1000
	members    = 10
)

func mutex(operations int, yield bool) {
	var mu sync.Mutex
	count := 0
	contend(operations, func(each int) {
		for range each {
			mu.Lock()
			count++
			if yield {
				runtime.Gosched()
			}
			mu.Unlock()
		}
	})
	check(operations/contenders*contenders, count)
}

func rwmutex(operations, writes int) {
	var rw sync.RWMutex
	count := 0
	contend(operations, func(each int) {
		for i := 1; i <= each; i++ {
			if i%writes == 0 {
				rw.Lock()
				count++
				rw.Unlock()
			} else {
				rw.RLock()
				if count < 0 {
					return
				}
				rw.RUnlock()
			}
		}
	})
	check(operations/contenders/writes*contenders, count)
}

func group(rounds int) {
	var done sync.WaitGroup
	left := rounds
	for range rounds {
		done.Add(members)
		for range members {
			go done.Done()
		}
		done.Wait()
		left--
	}
	check(0, left)
}

func contend(operations int, body func(each int)) {
	var all sync.WaitGroup
	all.Add(contenders)
	for range contenders {
		go func() {
			body(operations / contenders)
			all.Done()
		}()
	}
	all.Wait()
}

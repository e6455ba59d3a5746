package main

import "sync"

func many(each, capacity, items int) {
	pipe := make(chan int, capacity)
	sums := make(chan int64, each)
	var senders sync.WaitGroup
	senders.Add(each)
	for range each {
		go func() {
			for i := range items / each {
				pipe <- i
			}
			senders.Done()
		}()
		go func() {
			var sum int64
			for v := range pipe {
				sum += int64(v)
			}
			sums <- sum
		}()
	}
	senders.Wait()
	close(pipe)
	var total int64
	for range each {
		total += <-sums
	}
	check(int64(each)*int64(items/each)*int64(items/each-1)/2, total)
}

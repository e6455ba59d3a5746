package main

import "sync"

func spawn(count int) {
	var group sync.WaitGroup
	group.Add(count)
	for range count {
		go group.Done()
	}
	group.Wait()
}

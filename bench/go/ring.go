package main

import "sync"

func ring(size, hops int) {
	links := make([]chan int, size)
	for i := range links {
		links[i] = make(chan int)
	}
	arrived := make(chan int)
	var members sync.WaitGroup
	members.Add(size)
	for id := range size {
		go func() {
			member(id, links, arrived)
			members.Done()
		}()
	}
	links[0] <- hops
	check(hops%size, <-arrived)
	close(links[0])
	members.Wait()
}

func member(id int, links []chan int, arrived chan int) {
	next := links[(id+1)%len(links)]
	for token := range links[id] {
		if token == 0 {
			arrived <- id
		} else {
			next <- token - 1
		}
	}
	// The close goes round as the token does; the last member would close the first link a second time.
	if id+1 < len(links) {
		close(next)
	}
}

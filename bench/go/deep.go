package main

import "time"

func deep(frames int) {
	gate, result := make(chan int), make(chan int)
	go func() { result <- dig(frames, gate) }()
	<-gate
	time.Sleep(time.Millisecond)
	gate <- 0
	check(frames, <-result)
}

func dig(frames int, gate chan int) int {
	if frames > 0 {
		return dig(frames-1, gate) + 1
	}
	gate <- 0     // arrived
	return <-gate // parks
}

package main

func pingpong(trips int) {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v + 1
		}
	}()
	v := 0
	for range trips {
		ping <- v
		v = <-pong
	}
	close(ping)
	check(trips, v)
}

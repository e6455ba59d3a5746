package main

func sieve(primes, lastPrime int) {
	numbers := make(chan int)
	go count(numbers, lastPrime)
	found, last := 0, 0
	for source := numbers; ; {
		prime, ok := <-source
		if !ok {
			break
		}
		found++
		last = prime
		to := make(chan int)
		go filter(source, to, prime)
		source = to
	}
	check(primes, found)
	check(lastPrime, last)
}

func count(to chan int, last int) {
	for i := 2; i <= last; i++ {
		to <- i
	}
	close(to)
}

func filter(from, to chan int, prime int) {
	for v := range from {
		if v%prime != 0 {
			to <- v
		}
	}
	close(to)
}

package main

func pipe(items int) {
	ch := make(chan int, buffer)
	go func() {
		for i := range items {
			ch <- i
		}
		close(ch)
	}()
	var sum int64
	for v := range ch {
		sum += int64(v)
	}
	check(int64(items)*int64(items-1)/2, sum)
}

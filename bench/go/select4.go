package main

func select4(items int) {
	a, b, c, d := make(chan int), make(chan int), make(chan int), make(chan int)
	for _, ch := range []chan int{a, b, c, d} {
		go func() {
			for i := range items / 4 {
				ch <- i
			}
		}()
	}
	var sum int64
	for range items {
		select {
		case v := <-a:
			sum += int64(v)
		case v := <-b:
			sum += int64(v)
		case v := <-c:
			sum += int64(v)
		case v := <-d:
			sum += int64(v)
		}
	}
	check(4*int64(items/4)*int64(items/4-1)/2, sum)
}

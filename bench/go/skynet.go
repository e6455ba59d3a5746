package main

func skynet(leaves int) {
	root := make(chan int64)
	go node(root, 0, leaves)
	check(int64(leaves)*int64(leaves-1)/2, <-root)
}

func node(up chan int64, first int64, leaves int) {
	if leaves == 1 {
		up <- first
		return
	}
	below := make(chan int64)
	each := leaves / 10
	for i := range 10 {
		go node(below, first+int64(i)*int64(each), each)
	}
	var sum int64
	for range 10 {
		sum += <-below
	}
	up <- sum
}

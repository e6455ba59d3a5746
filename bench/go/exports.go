package main

import "C"

import "unsafe"

var called int

// benchCompare is called back by foreign.go.
//
//export benchCompare
func benchCompare(a, b unsafe.Pointer) C.int {
	called++
	return 0
}

var wakes chan int64

// benchWake is called by the thread of wakeup.go.
//
//export benchWake
func benchWake(stamp C.longlong) {
	wakes <- int64(stamp)
}

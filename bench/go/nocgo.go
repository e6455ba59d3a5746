//go:build !cgo

// Without a C compiler; bench/run does not ask for these then.

package main

func foreign(int)         { panic("wants cgo") }
func foreignCallback(int) { panic("wants cgo") }
func wakeup(string)       { panic("wants cgo") }
func syscalls(string)     { panic("wants cgo") }

// Go's side of the comparison: bench WORKLOAD PROCS prints "name procs value unit alloc" lines.
// bench/README.md defines the workloads. GOMAXPROCS sets the processors; PROCS is what they must be.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: bench WORKLOAD PROCS")
		os.Exit(2)
	}
	name := os.Args[1]
	procs, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	check(procs, runtime.GOMAXPROCS(0))
	switch name {
	case "pingpong":
		measure(name, nanoseconds, million, func() { pingpong(million) }, func() { pingpong(million / 100) })
	case "spawn":
		measure(name, nanoseconds, million, func() { spawn(million) }, func() { spawn(million / 100) })
	case "yield":
		measure(name, nanoseconds, 2*million, func() { yielding(million) }, func() { yielding(million / 100) })
	case "ring":
		measure(name, nanoseconds, million, func() { ring(ringSize, million) }, func() { ring(10, million/100) })
	case "skynet":
		measure(name, milliseconds, 1, func() { skynet(million) }, func() { skynet(1000) })
	case "sieve":
		measure(name, milliseconds, 1, func() { sieve(primes, lastPrime) }, func() { sieve(100, 541) })
	case "spsc":
		measure(name, nanoseconds, items, func() { pipe(items) }, func() { pipe(items / 400) })
	case "many":
		measure(name, nanoseconds, million, func() { many(manyEach, buffer, million) }, func() { many(manyEach, buffer, million/100) })
	case "prodcons0", "prodcons10", "prodcons100":
		capacity, _ := strconv.Atoi(strings.TrimPrefix(name, "prodcons"))
		measure(name, nanoseconds, million, func() { many(procs, capacity, million) }, func() { many(procs, capacity, million/100) })
	case "select4":
		measure(name, nanoseconds, million, func() { select4(million) }, func() { select4(million / 100) })
	case "parked":
		parked(name, million)
	case "mutex":
		measure(name, nanoseconds, million, func() { mutex(million, false) }, func() { mutex(million/100, false) })
	case "mutexheld":
		measure(name, nanoseconds, million, func() { mutex(million, true) }, func() { mutex(million/100, true) })
	case "rwmutex":
		measure(name, nanoseconds, million, func() { rwmutex(million, 100) }, func() { rwmutex(million/10, 100) })
	case "waitgroup":
		measure(name, nanoseconds, million/10, func() { group(million / 10) }, func() { group(million / 1000) })
	case "sleepers":
		sleepers(name, million)
	case "deep":
		measure(name, milliseconds, 1, func() { deep(million) }, func() { deep(1000) })
	case "fib":
		measure(name, milliseconds, 1, func() { fib(fibOf) }, func() { fib(20) })
	case "hotsplit":
		hotSplit(name)
	case "foreign":
		measure(name, nanoseconds, foreignCalls, func() { foreign(foreignCalls) }, func() { foreign(foreignCalls / 100) })
		measure(name+"-callback", nanoseconds, foreignCalls, func() { foreignCallback(foreignCalls) }, func() { foreignCallback(foreignCalls / 100) })
	case "wakeup":
		wakeup(name)
	case "fairness":
		fairness(name)
	case "syscalls":
		syscalls(name)
	default:
		fmt.Fprintln(os.Stderr, "unknown workload", name)
		os.Exit(2)
	}
}

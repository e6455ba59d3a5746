// How long it takes until a goroutine runs that has something to run for; see Weft.Bench/WakeUp.cs.

package main

// #cgo LDFLAGS: -lpthread
// #include <pthread.h>
// #include <time.h>
// #include <unistd.h>
//
// void benchWake(long long stamp);
//
// static long long benchNow(void) {
// 	struct timespec t;
// 	clock_gettime(CLOCK_MONOTONIC, &t);
// 	return t.tv_sec * 1000000000LL + t.tv_nsec;
// }
//
// static void *benchWaker(void *samples) {
// 	for (long i = 0; i < (long)samples; i++) {
// 		usleep(1000);
// 		benchWake(benchNow());
// 	}
// 	return 0;
// }
//
// static int benchStartWaker(long samples) {
// 	pthread_t t;
// 	return pthread_create(&t, 0, benchWaker, (void *)samples);
// }
import "C"

import (
	"runtime"
	"sync"
	"time"
)

const pause = time.Millisecond

func wakeup(name string) {
	idle(name, wakeUpsWarmUp) // prints nothing
	busy(name, wakeUpsWarmUp/10)
	idle(name, wakeUps)()
	busy(name, wakeUps/10)()
}

func idle(name string, samples int) func() {
	timer := &latencies{name: name + "-idle-timer"}
	ch := &latencies{name: name + "-idle-chan"}
	thread := &latencies{name: name + "-idle-thread"}
	once(func() { byTimer(timer, samples) })
	once(func() { byGoroutine(ch, samples) })
	once(func() { byThread(thread, samples) })
	return func() {
		timer.emit()
		ch.emit()
		thread.emit()
	}
}

func byTimer(l *latencies, samples int) {
	for range samples {
		due := time.Now().Add(pause)
		time.Sleep(pause)
		l.add(time.Since(due))
	}
}

func byGoroutine(l *latencies, samples int) {
	wakes := make(chan time.Time)
	go func() {
		for range samples {
			time.Sleep(pause)
			now := time.Now()
			wakes <- now
			for time.Since(now) < wakerGoesOn {
				work(8)
			}
		}
		close(wakes)
	}()
	for stamp := range wakes {
		l.add(time.Since(stamp))
	}
}

// byThread is woken from a thread that Go has not made.
func byThread(l *latencies, samples int) {
	wakes = make(chan int64)
	check(0, int(C.benchStartWaker(C.long(samples))))
	for range samples {
		stamp := <-wakes
		l.add(time.Duration(int64(C.benchNow()) - stamp))
	}
}

func busy(name string, samples int) func() {
	timer := &latencies{name: name + "-busy-timer"}
	ch := &latencies{name: name + "-busy-chan"}
	l := &loops{}
	var running sync.WaitGroup
	l.start(&running, runtime.GOMAXPROCS(0))
	wakes := make(chan time.Time)
	go func() {
		for range samples {
			due := time.Now().Add(pause)
			time.Sleep(pause)
			timer.add(time.Since(due))
			wakes <- time.Now()
		}
		close(wakes)
	}()
	for stamp := range wakes {
		ch.add(time.Since(stamp))
	}
	l.stop.Store(true)
	running.Wait()
	return func() {
		timer.emit()
		ch.emit()
	}
}

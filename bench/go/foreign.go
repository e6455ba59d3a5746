// Foreign calls by cgo; see Weft.Bench/Foreign.cs. The callback is in exports.go: a file that exports may define no C.

package main

// #include <stdlib.h>
// #include <unistd.h>
//
// int benchCompare(void *a, void *b);
//
// static int benchCompareConst(const void *a, const void *b) { return benchCompare((void *)a, (void *)b); }
//
// static void *benchSearch(int *key, int *items) { return bsearch(key, items, 1, sizeof(int), benchCompareConst); }
import "C"

import "os"

var cell = (*C.int)(C.malloc(C.sizeof_int))

func foreign(calls int) {
	sum := 0
	for range calls {
		sum += int(C.getpagesize())
	}
	check(calls*os.Getpagesize(), sum)
}

func foreignCallback(calls int) {
	before := called
	for range calls {
		C.benchSearch(cell, cell)
	}
	check(calls, called-before)
}

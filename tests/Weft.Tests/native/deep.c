/* Foreign code that wants much of the thread's stack, and says whether it had it: every page of `bytes` is touched. */
#include <stddef.h>
#include <alloca.h>

__attribute__((noinline)) int weft_test_deep(size_t bytes)
{
    volatile char *stack = alloca(bytes);
    int sum = 0;
    for (size_t i = 0; i < bytes; i += 1024)
    {
        stack[i] = (char)i;
        sum++;
    }
    return sum;
}

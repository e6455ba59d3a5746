/* Foreign code with arguments and results of every class, and callbacks with any number of arguments. */
#include <stdint.h>

int64_t weft_test_sum20(int a, int64_t b, int c, int64_t d, int e, int64_t f, int g, int64_t h, int i, int64_t j,
                        int k, int64_t l, int m, int64_t n, int o, int64_t p, int q, int64_t r, int s, int64_t t)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j +
           11 * k + 12 * l + 13 * m + 14 * n + 15 * o + 16 * p + 17 * q + 18 * r + 19 * s + 20 * t;
}

double weft_test_mix(int a, double b, float c, int64_t d, double e, float f, double g, double h, double i, double j, double k, int l)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k + 12 * l;
}

float weft_test_half(float x) { return x / 2; }

int64_t weft_test_64(void) { return 0x123456789abcdef0; }

typedef int64_t i;

int64_t weft_test_call(int n, void *f)
{
    switch (n)
    {
    case 0: return ((i (*)(void))f)();
    case 1: return ((i (*)(i))f)(1);
    case 2: return ((i (*)(i, i))f)(1, 2);
    case 3: return ((i (*)(i, i, i))f)(1, 2, 3);
    case 4: return ((i (*)(i, i, i, i))f)(1, 2, 3, 4);
    case 5: return ((i (*)(i, i, i, i, i))f)(1, 2, 3, 4, 5);
    case 6: return ((i (*)(i, i, i, i, i, i))f)(1, 2, 3, 4, 5, 6);
    case 7: return ((i (*)(i, i, i, i, i, i, i))f)(1, 2, 3, 4, 5, 6, 7);
    case 8: return ((i (*)(i, i, i, i, i, i, i, i))f)(1, 2, 3, 4, 5, 6, 7, 8);
    case 9: return ((i (*)(i, i, i, i, i, i, i, i, i))f)(1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
    return -1;
}

using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

/// <summary>A chain of filters, one goroutine for each prime found.</summary>
internal static class Sieve
{
    public static void Run(int primes, int lastPrime)
    {
        var numbers = new Chan<int>();
        Go(() => Count(numbers, lastPrime));
        int found = 0, last = 0;
        for (var source = numbers; ;)
        {
            var (prime, ok) = source.ReceiveOk();
            if (!ok) break;
            found++;
            last = prime;
            var from = source;
            var to = new Chan<int>();
            Go(() => Filter(from, to, prime));
            source = to;
        }
        Report.Check(primes, found);
        Report.Check(lastPrime, last);
    }

    private static void Count(Chan<int> to, int last)
    {
        for (var i = 2; i <= last; i++) to.Send(i);
        to.Close();
    }

    private static void Filter(Chan<int> from, Chan<int> to, int prime)
    {
        foreach (var v in from)
        {
            if (v % prime != 0) to.Send(v);
        }
        to.Close();
    }
}

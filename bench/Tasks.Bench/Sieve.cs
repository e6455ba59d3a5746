using System.Threading.Channels;
using Bench.Common;

namespace Tasks.Bench;

/// <summary>A chain of filters, one task for each prime found.</summary>
internal static class Sieve
{
    public static async Task Run(int primes, int lastPrime)
    {
        var numbers = Hop.Create<int>();
        _ = Task.Run(() => Count(numbers.Writer, lastPrime));
        int found = 0, last = 0;
        var source = numbers.Reader;
        while (await source.WaitToReadAsync() && source.TryRead(out var prime))
        {
            found++;
            last = prime;
            var from = source;
            var to = Hop.Create<int>();
            _ = Task.Run(() => Filter(from, to.Writer, prime));
            source = to.Reader;
        }
        Report.Check(primes, found);
        Report.Check(lastPrime, last);
    }

    private static async Task Count(ChannelWriter<int> to, int last)
    {
        for (var i = 2; i <= last; i++) await to.WriteAsync(i);
        to.Complete();
    }

    private static async Task Filter(ChannelReader<int> from, ChannelWriter<int> to, int prime)
    {
        await foreach (var v in from.ReadAllAsync())
        {
            if (v % prime != 0) await to.WriteAsync(v);
        }
        to.Complete();
    }
}

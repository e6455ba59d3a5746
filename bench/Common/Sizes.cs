// The sizes of the workloads. bench/go/harness.go holds the same numbers, since the languages can share no source:
// a change here is a change there.

namespace Bench.Common;

/// <summary>What every program must agree on for its figures to be compared.</summary>
internal static class Sizes
{
    /// <summary>Round trips, goroutines, hops, leaves, frames.</summary>
    public const int Million = 1_000_000;

    /// <summary>Members of the ring.</summary>
    public const int Ring = 1_000;

    /// <summary>Items through the buffered channel, and its buffer.</summary>
    public const int Items = 4_000_000;

    /// <summary>Places in the buffered channel.</summary>
    public const int Buffer = 128;

    /// <summary>Senders, and receivers, of the many-to-many workload.</summary>
    public const int Many = 16;

    /// <summary>The sieve finds this many primes.</summary>
    public const int Primes = 2_000;

    /// <summary>The last prime that the sieve finds.</summary>
    public const int LastPrime = 17_389;

    /// <summary>Goroutines of a skynet run: a million leaves and the nodes above them, fan-out 10.</summary>
    public const int SkynetNodes = 1_111_111;

    /// <summary>The argument of fib.</summary>
    public const int Fib = 38;

    /// <summary>Rounds of calls, each of 400 to 800.</summary>
    public const int CallRounds = 60_000;

    /// <summary>Steps of the simulation.</summary>
    public const int SimulationSteps = 5_000_000;

    /// <summary>Rounds of the loop with a rare suspension point.</summary>
    public const int LoopRounds = 200_000_000;

    /// <summary>Goroutines that are parked and released again before the base line of the resident memory is taken.</summary>
    public const int ParkedWarmUp = 5_000;

    /// <summary>Foreign calls of a run.</summary>
    public const int ForeignCalls = 5_000_000;

    /// <summary>Samples of a wake-up latency while all is idle, and a tenth as many while all is busy.</summary>
    public const int WakeUps = 2_000;

    /// <summary>The same for the warm-up.</summary>
    public const int WakeUpsWarmUp = 300;

    /// <summary>How long a goroutine that has woken another one goes on.</summary>
    public static readonly TimeSpan WakerGoesOn = TimeSpan.FromMicroseconds(200);

    /// <summary>Goroutines in blocking calls, and for how many microseconds a call blocks.</summary>
    public const int Callers = 1_000;

    /// <summary>See <see cref="Callers"/>.</summary>
    public const int CallUs = 10_000;
}

// Constructs in which a goroutine gives its thread back: each one blocks in a receive, and none may be pinned meanwhile. What the corpus cannot see,
// since pinned code prints the same.

namespace Weft.Tests;

/// <summary>See the file head.</summary>
public sealed partial class SuspensionTests
{
    private static readonly Chan<int> s_door = new();

    internal static int Wait() => s_door.Receive();

    private static event Action? Rung;

    private static readonly Dictionary<string, Action> s_constructs = new()
    {
        ["call"] = () => Wait(),
        ["string interpolation"] = () => _ = $"{Wait()} and {1}",
        ["foreach over an iterator"] = () =>
        {
            foreach (var n in Numbers())
                _ = n;
        },
        ["foreach over an interface"] = () =>
        {
            foreach (var n in (IEnumerable<int>)new List<int> { 1 })
                Wait();
        },
        ["local function"] = () =>
        {
            var sum = 1;
            void Add() => sum += Wait();
            Add();
        },
        ["using"] = () =>
        {
            using (new Waiter())
                Yield();
        },
        ["catch"] = () =>
        {
            try
            {
                throw new InvalidOperationException();
            }
            catch (InvalidOperationException)
            {
                Wait();
            }
        },
        ["finally"] = () =>
        {
            try
            {
                Yield();
            }
            finally
            {
                Wait();
            }
        },
        ["lambda"] = () => ((Func<int>)(() => Wait()))(),
        ["method group"] = () => ((Func<int>)Wait)(),
        ["multicast delegate"] = () =>
        {
            Action all = static () => Wait();
            all += static () => { };
            all();
        },
        ["multicast delegate, second target"] = () =>
        {
            Func<int> all = static () => 1;
            all += Wait;
            _ = all();
        },
        ["event"] = () =>
        {
            Rung = null;
            Rung += static () => { };
            Rung += static () => Wait();
            Rung += static () => { };
            Rung();
        },
        ["virtual method"] = () => ((Base)new Derived()).Work(),
        ["base call"] = () => ((Base)new Further()).Work(),
        ["interface"] = () => ((IWork)new Derived()).Work(),
        ["explicit implementation"] = () => ((IOther)new Derived()).Work(),
        ["interface through a type parameter"] = () => Through<Derived>(new()),
        ["ref parameter"] = () =>
        {
            var n = 0;
            Add(ref n);
        },
        ["struct method"] = () =>
        {
            var s = new Counter();
            s.Add();
            s.Add(0);
        },
        ["collection expression"] = () => Sum([1, Wait(), 2]),
        ["collection expression of a list"] = () => _ = (List<int>)[1, Wait(), 2],
        ["object initialiser"] = () => _ = new Holder { Value = Wait() },
        ["record with"] = () => _ = new Point(1, 2) with { X = Wait() },
        ["switch expression"] = () => _ = Wait() switch { 0 => 1, _ => 2 },
        ["null coalescing"] = () => _ = ((int?)null) ?? Wait(),
        ["generic method"] = () => Generic<string>("a"),
        ["params"] = () => Params(1, Wait(), 3),
        ["extension member"] = () => _ = 5.Waited,
        ["[ThreadStatic]"] = () =>
        {
            t_scratch = 5;
            t_scratch += Wait();
        },
    };

    [ThreadStatic] private static int t_scratch;

    /// <summary>Names of the constructs.</summary>
    public static TheoryData<string> Constructs => [.. s_constructs.Keys, .. s_members.Keys, .. s_unwoven.Keys];

    [Theory, MemberData(nameof(Constructs))]
    public void Receive_InAConstruct_GivesTheThreadBack(string construct)
    {
        Weaving.Required();
        var done = new WaitGroup();
        done.Add(1);
        Go(() =>
        {
            (s_constructs.GetValueOrDefault(construct) ?? s_members.GetValueOrDefault(construct) ?? s_unwoven[construct])();
            done.Done();
        });
        Bounded.Until(() => Waiters.Parked(s_door) == 1, "it blocks"); // and has left its thread, if it can
        var pinned = WeftRuntime.Stats().Pinned;
        Bounded.OnGoroutine(() =>
        {
            s_door.Send(0);
            done.Wait();
        });
        Assert.Equal(0, pinned);
    }

    private static IEnumerable<int> Numbers()
    {
        yield return Wait();
    }

    private static int Through<T>(T work) where T : IWork => work.Work();

    private static void Add(ref int n) => n += Wait();

    private static int Sum(ReadOnlySpan<int> numbers) => numbers.Length;

    private static T Generic<T>(T value)
    {
        Wait();
        return value;
    }

    private static int Params(params int[] numbers) => numbers.Length;

    private sealed class Waiter : IDisposable
    {
        public void Dispose() => Wait();
    }

    private interface IWork
    {
        int Work();
    }

    private interface IOther
    {
        int Work();
    }

    private class Base : IWork
    {
        public virtual int Work() => 1;
    }

    private class Derived : Base, IOther
    {
        public override int Work() => Wait();

        int IOther.Work() => Wait();
    }

    private sealed class Further : Derived
    {
        public override int Work() => base.Work() + 1;
    }

    private struct Counter
    {
        private int _n;

        public void Add() => _n++;

        public void Add(int n) => _n += n + Wait();
    }

    private sealed class Holder
    {
        public int Value { get; set; }
    }

    private sealed record Point(int X, int Y);
}

file static class Extensions
{
    extension(int n)
    {
        public int Waited => n + SuspensionTests.Wait();
    }
}

// The trace of an exception whose activations have all been suspended and resumed: the author's methods and lines, in order, and nothing else.

using System.Runtime.CompilerServices;

namespace Corpus;

internal static class Traces
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Ten(int n)
    {
        Yield();
        if (n > 0)
            throw new InvalidOperationException("ten deep");
        return n;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Nine(int n) => Ten(n) + 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static T Eight<T>(T value, int n)
    {
        return Nine(n) > 0 ? value : default!;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Seven(ref int n)
    {
        n++;
        return Eight("seven", n) + n;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Six(Action<int> then)
    {
        var n = 6;
        then(Seven(ref n).Length);
    }

    sealed class Five<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run(T value)
        {
            using (new Closing())
                Six(_ => Out(value));
        }
    }

    sealed class Closing : IDisposable
    {
        public void Dispose()
        {
        }
    }

    abstract class Four
    {
        public abstract int Virtual(int n);
    }

    sealed class Overriding : Four
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public override int Virtual(int n)
        {
            try
            {
                new Five<string>().Run("five");
            }
            finally
            {
                n++;
            }
            return n;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Three(Four four)
    {
        var sum = 0;
        for (var i = 0; i < 3; i++)
            sum += four.Virtual(i);
        return sum;
    }

    struct Two
    {
        public int Sum;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Add() => Sum += Three(new Overriding());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int One(int n)
    {
        var two = new Two { Sum = n };
        two.Add();
        return two.Sum;
    }

    public static void Deep()
    {
        try
        {
            One(1);
        }
        catch (InvalidOperationException e)
        {
            foreach (var line in e.StackTrace!.Split('\n'))
                Out(WithoutFolder(line.Trim()));
        }
    }

    interface IPasses
    {
        T Pass<T>(T value);
    }

    class Passing : IPasses
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public virtual T Pass<T>(T value)
        {
            if (value is null)
                throw new InvalidOperationException("not to be passed");
            Yield();
            return value;
        }
    }

    sealed class PassingOn : Passing
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public override T Pass<T>(T value) => base.Pass(value);
    }

    // Nothing has been suspended when it is thrown: what dispatches is on the stack. Only the author's methods are to be seen.
    public static void Dispatched()
    {
        foreach (var p in new IPasses[] { new Passing(), new PassingOn() })
            try
            {
                Out(p.Pass("passed"));
                p.Pass<string?>(null);
            }
            catch (InvalidOperationException e)
            {
                Out(e.StackTrace!.Split('\n').Count(l => l.Contains("Pass", StringComparison.Ordinal)));
            }
    }

    // "at Method(...) in /folder/Traces.cs:line 12"
    static string WithoutFolder(string line)
    {
        var at = line.IndexOf(" in ", StringComparison.Ordinal);
        return at < 0 ? line : line[..at] + " in " + line[(line.LastIndexOfAny(['/', '\\']) + 1)..];
    }
}

namespace Corpus;

/// <summary>Methods that often return before they call anything: the stack check moves over the way out, and what it moved over runs again.</summary>
internal static class Prologues
{
    static int reads, writes;

    static int Leaf(int n) => n < 2 ? n : Leaf(n - 1) + S(1);

    static int Chain(string? s, int[]? all, int i)
    {
        if (s is null)
            return -1;
        var length = s.Length;
        if (length == 0 || all is null)
            return -2;
        if (i >= all.Length)
            return Quiet(i);
        return S(all[i]) + length + Chain(s, all, i + 1);
    }

    static int Quiet(int i) => i * 2;

    // The argument is written before the way out: the entry must not be run again with the new value.
    static int Written(int n)
    {
        n++;
        if (n > 10)
            return n;
        return S(n) * 100 + Written(n);
    }

    static int WrittenByRef(int n)
    {
        Increment(ref n);
        if (n > 10)
            return n;
        return S(n) * 100 + WrittenByRef(n);
    }

    static void Increment(ref int n) => n++;

    // Each call counts once, however often its beginning runs.
    static int Counted(int n)
    {
        writes++;
        if (n < 0)
            return writes;
        return S(n) + writes + Counted(n - 1);
    }

    static int Assigned(int n)
    {
        var twice = n * 2;
        if (twice > 10)
            return twice;
        var thrice = twice + n;
        if (thrice > 10)
            return thrice;
        return S(twice) + thrice + Assigned(n + 1);
    }

    // Both ways may suspend.
    static int Both(int n)
    {
        if (n > 3)
            return S(n);
        return S(-n) + Both(n + 1);
    }

    // The way out is reached by another way, too, and from within a loop.
    static int Looped(int n)
    {
        while (n > 0)
        {
            if (n == 7)
                return n;
            n -= S(1);
        }
        return n < 0 ? Looped(-n) : reads++;
    }

    static int Tried(int n)
    {
        try
        {
            if (n < 0)
                return -1;
            return S(n) + Tried(n - 1);
        }
        finally
        {
            reads++;
        }
    }

    static int Switched(int n)
    {
        switch (n)
        {
            case 0: return 1;
            case 1: return 2;
            case 2: return S(3);
            case 5: return 6;
            default: return n > 10 ? 0 : S(n);
        }
    }

    static int Referred(ref int place, bool now)
    {
        if (now)
            return place;
        place += S(1);
        return place;
    }

    static T? Generic<T>(T? value, Func<T, T?> f) where T : class => value is null ? null : Generic(f(S(value)), f) ?? value;

    static bool Typed(object o, int n)
    {
        if (o is not string { Length: > 2 } s)
            return false;
        return s.Length > S(n);
    }

    static int Thrown(int n)
    {
        if (n < 0)
            throw new ArgumentOutOfRangeException(nameof(n));
        return n == 0 ? 0 : S(n) + Thrown(n - 1);
    }

    // A loop that calls it is preempted in it.
    static int Polled(int n)
    {
        if (n < 3)
            return n;
        return S(n);
    }

    // Read before the way out and, after a suspension there, once more: the second one counts.
    sealed class Box(int value)
    {
        public int Value = value;

        public int Spend()
        {
            if (Value == 0)
                return 0;
            Value--;
            return S(1) + Spend();
        }
    }

    public static void All()
    {
        for (var n = 0; n < 6; n++)
        {
            Out(Leaf(n));
            Out(Written(n * 3));
            Out(WrittenByRef(n * 3));
            Out(Counted(n - 2));
            Out(Assigned(n));
            Out(Both(n));
            Out(Looped(n * 4));
            Out(Tried(n - 1));
            Out(Switched(n * 2));
            var place = n;
            Out(Referred(ref place, n % 2 == 0));
        }
        Out(Chain(null, null, 0));
        Out(Chain("", null, 0));
        Out(Chain("abc", [], 0));
        Out(Chain("abc", [4, 5], 1));
        Out(Generic<string>(null, s => s + 1));
        Out(Generic("a", s => S(s).Length < 3 ? s + 1 : null));
        Out(Polled(2) + Polled(3));
        Out(Thrown(3));
        Out(Typed(1, 1));
        Out(Typed("ab", 1));
        Out(Typed("abcd", 3));
        Out(new Box(5).Spend());
        try
        {
            Thrown(-1);
        }
        catch (ArgumentOutOfRangeException e)
        {
            Out(e.ParamName);
        }
        Out(reads);
    }
}

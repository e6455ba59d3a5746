// More that random programs have found.

namespace Corpus;

internal static class FoundLater
{
    record Settings
    {
        public required int Size { get; init => field = S(value) + Echo(1); }

        public string Name
        {
            get => S(field);
            init
            {
                field = S(value);
                field += Size;
            }
        } = "";
    }

    static ReadOnlySpan<Func<int>?> Span(Func<int>?[] all) => all;

    // The span pins all calls in the loop, those in the handler as well: it stays where it is. Moved, it made the JIT crash in optimised code.
    public static void HandlerInLoopOverSpan()
    {
        var n = 0;
        for (var round = 0; round < 3; round++)
        {
            var all = Span([() => S(1), null, () => throw new FormatException("format"), () => S(3)]);
            for (var i = 0; i < all.Length; i++)
            {
                ref readonly var next = ref all[i];
                if (next != null)
                {
                    try
                    {
                        n += next();
                    }
                    catch (Exception e)
                    {
                        try
                        {
                            n += S(e.Message).Length;
                            next();
                        }
                        catch
                        {
                        }
                    }
                }
            }
            Yield();
        }
        Out(n);
    }

    /// <summary>The field behind an accessor that is `init` only can be written by constructors and that, also after a suspension.</summary>
    public static void Init()
    {
        var settings = new Settings { Size = S(3), Name = "n" };
        Out((settings with { Size = 4 }).Size + settings.Name);
    }

    /// <summary>An async iterator ends when a goroutine exits in it, and can be disposed of.</summary>
    public static void ExitInAsyncIterator()
    {
        var text = "";
        var task = Run(() =>
        {
            var numbers = Numbers().GetAsyncEnumerator();
            try
            {
                while (Await(numbers.MoveNextAsync()))
                    text += numbers.Current;
            }
            finally
            {
                Await(numbers.DisposeAsync());
                text += " disposed";
            }
        });
        try
        {
            task.Wait();
        }
        catch (AggregateException e)
        {
            text += " " + e.InnerException!.GetType().Name;
        }
        Out(text);
    }

    static async IAsyncEnumerable<int> Numbers()
    {
        yield return S(1);
        await Task.CompletedTask;
        Exit();
        yield return 2;
    }
}

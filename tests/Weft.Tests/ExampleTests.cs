// The examples of the public API's documentation, as they stand there: each compiles, runs, and prints what it says.

using System.Reflection;
using System.Xml.Linq;
using Weft.Runtime;
using Weft.Testing;

[assembly: MaySuspend(typeof(IServiceProvider))]

namespace Weft.Tests;

/// <summary>The example of the member with this documentation id.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExampleOfAttribute(string member) : Attribute
{
    internal string Member { get; } = member;
}

/// <summary>See the file head.</summary>
public sealed class ExampleTests
{
    private static string Printed(Action example)
    {
        var console = Console.Out;
        var text = new StringWriter();
        Console.SetOut(text);
        try
        {
            Bounded.OnGoroutine(example);
        }
        finally
        {
            Console.SetOut(console);
        }
        return text.ToString().ReplaceLineEndings("\n");
    }

    [Fact, ExampleOf("T:Weft.Goroutine")]
    public void Goroutine_Example_Runs() => Assert.Equal("hello from a goroutine\n", Printed(() =>
    {
        var done = new Chan<string>();
        Go(() => done.Send("hello from a goroutine"));
        Console.WriteLine(done.Receive());
    }));

    [Fact, ExampleOf("T:Weft.Chan`1")]
    public void Chan_Example_Runs() => Assert.Equal("1\n4\n9\n", Printed(() =>
    {
        var squares = new Chan<int>();
        Goroutine.Go(() =>
        {
            for (var i = 1; i <= 3; i++)
                squares.Send(i * i);
            squares.Close();
        });
        foreach (var square in squares)
            Console.WriteLine(square);      // 1, 4, 9
    }));

    [Fact, ExampleOf("T:Weft.Select")]
    public void Select_Example_Runs() => Assert.Equal("one\ntwo\n", Printed(() =>
    {
        var words = new Chan<string>();
        var quit = new Chan<bool>();
        Goroutine.Go(() =>
        {
            words.Send("one");
            words.Send("two");
            quit.Close();
        });
        var word = words.OnReceive();
        var end = quit.OnReceive();
        while (Select.Wait(word, end) == 0)
            Console.WriteLine(word.Value);      // one, two
    }));

    [Fact, ExampleOf("M:Weft.Select.On``1(Weft.Chan{``0},System.Action{``0})")]
    public void SelectOn_Example_Runs() => Assert.Equal("nothing yet\ngot 7\n", Printed(() =>
    {
        var numbers = new Chan<int>(1);
        var text = "";
        Select.On(numbers, n => text = $"got {n}").Default(() => text = "nothing yet");
        Console.WriteLine(text);            // nothing yet
        numbers.Send(7);
        Select.On(numbers, n => text = $"got {n}").Default(() => text = "nothing yet");
        Console.WriteLine(text);            // got 7
    }));

    [Fact, ExampleOf("T:Weft.WaitGroup")]
    public void WaitGroup_Example_Runs() => Assert.Equal("", Printed(() =>
    {
        var wg = new WaitGroup();
        for (var i = 0; i < 3; i++)
            wg.Go(() => Goroutine.Yield());
        wg.Wait();
    }));

    [Fact, ExampleOf("T:Weft.GoMutex")]
    public void GoMutex_Example_Runs() => Assert.Equal("10\n", Printed(() =>
    {
        var mutex = new GoMutex();
        var count = 0;
        var all = new WaitGroup();
        for (var i = 0; i < 10; i++)
            all.Go(() =>
            {
                using (mutex.EnterScope())
                    count++;
            });
        all.Wait();
        Console.WriteLine(count);      // 10
    }));

    [Fact, ExampleOf("T:Weft.GoRWMutex")]
    public void GoRWMutex_Example_Runs() => Assert.Equal("42\n", Printed(() =>
    {
        var cache = new Dictionary<string, int>();
        var rw = new GoRWMutex();
        using (rw.EnterScope())
            cache["answer"] = 42;
        using (rw.EnterReadScope())
            Console.WriteLine(cache["answer"]);      // 42
    }));

    [Fact, ExampleOf("T:Weft.Cond")]
    public void Cond_Example_Runs() => Assert.Equal("", Printed(() =>
    {
        var mutex = new GoMutex();
        var cond = new Cond(mutex);
        var ready = false;
        Goroutine.Go(() =>
        {
            using (mutex.EnterScope())
                ready = true;
            cond.Broadcast();
        });
        using (mutex.EnterScope())
            while (!ready)
                cond.Wait();
    }));

    [Fact, ExampleOf("T:Weft.GoSemaphore")]
    public void GoSemaphore_Example_Runs() => Assert.Equal("at most three of these at a time\n", Printed(() =>
    {
        var slots = new GoSemaphore(3);
        using (slots.EnterScope())
            Console.WriteLine("at most three of these at a time");
    }));

    [Fact, ExampleOf("T:Weft.Once")]
    public void Once_Example_Runs() => Assert.Equal("only once\n", Printed(() =>
    {
        var once = new Once();
        for (var i = 0; i < 3; i++)
            once.Do(() => Console.WriteLine("only once"));
    }));

    [Fact, ExampleOf("T:Weft.ErrGroup")]
    public void ErrGroup_Example_Runs() => Assert.Equal("two\n", Printed(() =>
    {
        var group = new ErrGroup(limit: 4);
        foreach (var n in new[] { 1, 2, 3 })
            group.Go(() =>
            {
                if (n == 2) throw new FormatException("two");
            });
        try
        {
            group.Wait();
        }
        catch (FormatException e)
        {
            Console.WriteLine(e.Message);      // two
        }
    }));

    [Fact, ExampleOf("T:Weft.SingleFlight`2")]
    public void SingleFlight_Example_Runs() => Assert.Equal("3 False\n", Printed(() =>
    {
        var flights = new SingleFlight<string, int>();
        var (length, shared) = flights.Do("key", () => "key".Length);
        Console.WriteLine($"{length} {shared}");      // 3 False
    }));

    [Fact, ExampleOf("T:Weft.WorkerPool`1")]
    public void WorkerPool_Example_Runs() => Assert.Equal("55\n", Printed(() =>
    {
        var sum = 0;
        var pool = new WorkerPool<int>(workers: 4, n => Interlocked.Add(ref sum, n));
        for (var i = 1; i <= 10; i++)
            pool.Submit(i);
        pool.Wait();
        Console.WriteLine(sum);      // 55
    }));

    [Fact, ExampleOf("T:Weft.GoTimer")]
    public void GoTimer_Example_Runs() => Assert.Equal("False\n", Printed(() =>
    {
        var timer = new GoTimer(TimeSpan.FromMilliseconds(5));
        timer.C.Receive();
        Console.WriteLine(timer.Stop());      // False: it has fired, and the value was received
    }));

    [Fact, ExampleOf("T:Weft.Ticker")]
    public void Ticker_Example_Runs() => Assert.Equal("", Printed(() =>
    {
        using var ticker = new Ticker(TimeSpan.FromMilliseconds(2));
        for (var i = 0; i < 3; i++)
            ticker.C.Receive();
    }));

    [Fact, ExampleOf("M:Weft.Goroutine.AwaitCompletion``1(``0)")]
    public void AwaitCompletion_Example_Runs() => Assert.Equal("", Printed(() =>
    {
        var awaiter = Task.Yield().GetAwaiter();
        if (!awaiter.IsCompleted)
            Goroutine.AwaitCompletion(awaiter);
        awaiter.GetResult();
    }));

    [Fact, ExampleOf("T:Weft.Testing.Bubble")]
    public void Bubble_Example_Runs() => Assert.Equal("False\nTrue\n01:00:00\n", Printed(() =>
    {
        Bubble.Run(() =>
        {
            var clock = Bubble.TimeProvider;
            var start = clock.GetTimestamp();
            var done = false;
            Goroutine.Go(() =>
            {
                Goroutine.Sleep(TimeSpan.FromHours(1));
                done = true;
            });
            Goroutine.Sleep(TimeSpan.FromMinutes(59));
            Bubble.Wait();
            Console.WriteLine(done);                           // False
            Goroutine.Sleep(TimeSpan.FromMinutes(1));
            Bubble.Wait();                                     // whoever is due now has run when this returns
            Console.WriteLine(done);                           // True
            Console.WriteLine(clock.GetElapsedTime(start));    // 01:00:00
        });
    }));

    [Fact, ExampleOf("T:Weft.Testing.Schedule")]
    public void Schedule_Example_Runs()
    {
        Weaving.Required();
        Assert.Equal("an update was lost\nTrue\n", Printed(() =>
        {
            static void Deposit()
            {
                var balance = 0;
                var mutex = new GoMutex();
                var done = new WaitGroup();
                for (var i = 0; i < 2; i++)
                    done.Go(() =>
                    {
                        mutex.Lock();
                        var read = balance;
                        mutex.Unlock();
                        mutex.Lock();            // too late: another may have written by now
                        balance = read + 1;
                        mutex.Unlock();
                    });
                done.Wait();
                if (balance != 2) throw new InvalidOperationException("an update was lost");
            }
            try
            {
                Schedule.Search(Deposit);
            }
            catch (ScheduleException e)
            {
                Console.WriteLine(e.InnerException!.Message);      // an update was lost
                try
                {
                    Schedule.Run(e.Seed, Deposit);
                }
                catch (ScheduleException again)
                {
                    Console.WriteLine(again.Seed == e.Seed);       // True
                }
            }
        }));
    }

    // docs/testing.md: what it says is printed is printed, and the seed of its report is right.
    [Fact]
    public void TestingPage_Programs_Run()
    {
        Weaving.Required();
        var page = File.ReadAllText(Path.Combine(RowTests.Repository, "docs/testing.md"));
        Assert.Contains(Printed(() =>
        {
            Bubble.Run(() =>
            {
                var clock = Bubble.TimeProvider;
                var start = clock.GetTimestamp();
                var answers = new Chan<string>();
                Go(() =>
                {
                    Sleep(TimeSpan.FromHours(2));           // a server that is slow
                    answers.Send("late");
                });
                var answer = answers.OnReceive();
                var first = Select.Wait(answer, Select.After(TimeSpan.FromHours(1)));
                Console.WriteLine($"{(first == 0 ? answer.Value : "time-out")} after {clock.GetElapsedTime(start)}");
                Console.WriteLine($"{answers.Receive()} after {clock.GetElapsedTime(start)}");
            });
        }), page);
        var found = Assert.Throws<ScheduleException>(() => Bounded.OnGoroutine(() =>
        {
            Schedule.Search(() =>
            {
                var (a, b) = (new GoMutex(), new GoMutex());
                var done = new WaitGroup();
                done.Go(() => { a.Lock(); b.Lock(); b.Unlock(); a.Unlock(); });
                done.Go(() => { b.Lock(); a.Lock(); a.Unlock(); b.Unlock(); });
                done.Wait();
            });
        }));
        Assert.Contains(found.Message.Split('\n')[0], page);
        Assert.Contains(found.Message.Split('\n')[^1], page);
    }

    [Fact, ExampleOf("T:Weft.Runtime.MaySuspendAttribute")]
    public void MaySuspend_Example_Compiles()
        => Assert.Contains(typeof(ExampleTests).Assembly.GetCustomAttributes<MaySuspendAttribute>(), a => a.Type == typeof(IServiceProvider));

    [Fact]
    public void Documentation_EveryExample_HasItsTest()
    {
        Type[] types = [typeof(Goroutine), typeof(Bubble)];
        var files = types.Select(t => Path.ChangeExtension(t.Assembly.Location, ".xml")).ToList();
        Assert.SkipUnless(files.TrueForAll(File.Exists), "no documentation file beside the assembly");
        var examples = files.SelectMany(file => XDocument.Load(file).Descendants("member")).Where(m => m.Descendants("example").Any()).Select(m => m.Attribute("name")!.Value);
        var tests = typeof(ExampleTests).GetMethods().Select(m => m.GetCustomAttribute<ExampleOfAttribute>()?.Member).OfType<string>();
        Assert.Equal(examples.Order(), tests.Order());
    }
}

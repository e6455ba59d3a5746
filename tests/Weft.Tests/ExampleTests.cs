// The examples of the public API's documentation, as they stand there: each compiles, runs, and prints what it says.

using System.Reflection;
using System.Xml.Linq;

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

    [Fact]
    public void Documentation_EveryExample_HasItsTest()
    {
        var xml = Path.ChangeExtension(typeof(Goroutine).Assembly.Location, ".xml");
        Assert.SkipUnless(File.Exists(xml), "no documentation file beside the assembly");
        var examples = XDocument.Load(xml).Descendants("member").Where(m => m.Descendants("example").Any()).Select(m => m.Attribute("name")!.Value);
        var tests = typeof(ExampleTests).GetMethods().Select(m => m.GetCustomAttribute<ExampleOfAttribute>()?.Member).OfType<string>();
        Assert.Equal(examples.Order(), tests.Order());
    }
}

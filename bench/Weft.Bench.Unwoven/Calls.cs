// A program of calls: virtual, interface, delegate and generic ones. Compiled twice, into an assembly that the weaver leaves alone and
// into the bench: there each of these calls may lead to a method that blocks (BlockingNode, BlockingStep), and is woven as one that may.

#if WOVEN
namespace Weft.Bench;
#else
namespace Weft.Bench.Unwoven;
#endif

/// <summary>An expression, to be evaluated by virtual calls.</summary>
public abstract class Node
{
    /// <summary>Its value for an argument.</summary>
    public abstract int Of(int x);
}

/// <summary>A step, to be called by its interface.</summary>
public interface IStep
{
    /// <summary>The next number.</summary>
    int Next(int x);
}

internal sealed class Sum(Node left, Node right) : Node
{
    public override int Of(int x) => left.Of(x) + right.Of(x + 1);
}

internal sealed class Mixed(Node left, Node right) : Node
{
    public override int Of(int x) => left.Of(x) ^ (right.Of(x) << 1);
}

internal sealed class Leaf(int value) : Node
{
    public override int Of(int x) => x + value;
}

internal sealed class Odd : IStep
{
    public int Next(int x) => x * 3 + 1;
}

internal sealed class Even : IStep
{
    public int Next(int x) => x >> 1;
}

internal struct Rotate : IStep
{
    public readonly int Next(int x) => (x << 5) | (x >>> 27);
}

#if WOVEN
internal sealed class BlockingNode : Node
{
    public override int Of(int x)
    {
        Goroutine.Yield();
        return x;
    }
}

internal sealed class BlockingStep : IStep
{
    public int Next(int x)
    {
        Goroutine.Yield();
        return x;
    }
}
#endif

/// <summary>See the file head.</summary>
public sealed class Calls
{
    private static readonly IStep[] s_steps = [new Even(), new Odd()];
    private static readonly Func<int, int>[] s_functions = [x => x + 7, x => x ^ 0x55];

    private readonly Node _tree = Tree(8, 1);

    private static Node Tree(int depth, int seed) =>
        depth == 0 ? new Leaf(seed)
        : depth % 2 == 0 ? new Sum(Tree(depth - 1, seed * 2), Tree(depth - 1, seed * 2 + 1))
        : new Mixed(Tree(depth - 1, seed * 2), Tree(depth - 1, seed * 2 + 1));

    /// <summary>Virtual calls, 511 in a round.</summary>
    public int Virtual(int rounds)
    {
        var sum = 0;
        for (var i = 0; i < rounds; i++) sum += _tree.Of(i);
        return sum;
    }

    /// <summary>Interface calls, 400 in a round.</summary>
    public int Interface(int rounds)
    {
        var sum = 0;
        for (var i = 0; i < rounds; i++) sum += ByInterface(i);
        return sum;
    }

    /// <summary>Calls of delegates, 400 in a round.</summary>
    public int Delegate(int rounds)
    {
        var sum = 0;
        for (var i = 0; i < rounds; i++) sum += ByDelegate(i);
        return sum;
    }

    /// <summary>Calls in generic methods, of a struct and of an interface, 400 of each in a round.</summary>
    public int Generic(int rounds)
    {
        var sum = 0;
        for (var i = 0; i < rounds; i++) sum += ByGeneric(new Rotate(), i) + ByGeneric(s_steps[i & 1], i);
        return sum;
    }

    private static int ByInterface(int n)
    {
        var x = n;
        for (var i = 0; i < 400; i++) x = s_steps[x & 1].Next(x);
        return x;
    }

    private static int ByDelegate(int n)
    {
        var x = n;
        for (var i = 0; i < 400; i++) x = s_functions[x & 1](x) + i;
        return x;
    }

    private static int ByGeneric<TStep>(TStep step, int n) where TStep : IStep
    {
        var x = n;
        for (var i = 0; i < 400; i++) x = step.Next(x) + i;
        return x;
    }
}

namespace Weft.Fuzz.Generation;

internal enum Kind
{
    Bool, Int, Float, Decimal, String, Enum, Struct, Class, Tuple, Array, List, Nullable, Func, Parameter, Object, Span, Void,
}

/// <summary>A type of the generated program. Equal if the names are.</summary>
internal sealed class Ty(string name, Kind kind, params Ty[] args)
{
    public string Name => name;

    public Kind Kind => kind;

    /// <summary>The element, the underlying type, the items of a tuple, or parameters and result of a function.</summary>
    public Ty[] Args => args;

    public List<(string Name, Ty Type)> Fields { get; } = [];

    public bool IsReadOnly { get; init; }

    /// <summary>It may be compared and shared between goroutines as it is.</summary>
    public bool IsPlain => Kind is <= Kind.Enum || Kind is Kind.Tuple or Kind.Nullable && Args.All(a => a.IsPlain);

    /// <summary>Of a type parameter: "", "class" or "struct".</summary>
    public string Constraint { get; init; } = "";

    /// <summary>May it stand for a type parameter?</summary>
    public bool Meets(string constraint) => constraint switch
    {
        "class" => Kind is Kind.String or Kind.Class or Kind.Array or Kind.List or Kind.Func or Kind.Object,
        "struct" => Kind is Kind.Bool or Kind.Int or Kind.Float or Kind.Decimal or Kind.Enum or Kind.Struct or Kind.Tuple,
        _ => Kind is not (Kind.Span or Kind.Void),
    };

    /// <summary>With other types for type parameters.</summary>
    public Ty With(IReadOnlyDictionary<Ty, Ty> binding)
    {
        if (binding.TryGetValue(this, out var bound))
            return bound;
        var inner = System.Array.ConvertAll(args, a => a.With(binding));
        return Kind switch
        {
            Kind.Array => Array(inner[0]),
            Kind.List => List(inner[0]),
            Kind.Tuple => Tuple(inner),
            Kind.Func => Func(inner),
            _ => this,
        };
    }

    public override bool Equals(object? obj) => obj is Ty t && t.Name == Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Name;

    public static readonly Ty Bool = new("bool", Kind.Bool), Int = new("int", Kind.Int), Long = new("long", Kind.Int), String = new("string", Kind.String),
        Double = new("double", Kind.Float), Object = new("object", Kind.Object), Void = new("void", Kind.Void);

    public static readonly Ty[] Ints = [.. "sbyte byte short ushort int uint long ulong nint nuint char".Split(' ').Select(n => n == "int" ? Int : n == "long" ? Long : new Ty(n, Kind.Int))];

    public static readonly Ty[] Floats = [new("float", Kind.Float), Double];

    public static readonly Ty Decimal = new("decimal", Kind.Decimal);

    public static Ty Array(Ty e) => new(e + "[]", Kind.Array, e);

    public static Ty List(Ty e) => new($"List<{e}>", Kind.List, e);

    public static Ty Span(Ty e) => new($"Span<{e}>", Kind.Span, e);

    public static Ty Nullable(Ty e) => new(e + "?", Kind.Nullable, e);

    public static Ty Tuple(params Ty[] items) => new($"({string.Join<Ty>(", ", items)})", Kind.Tuple, items);

    public static Ty Func(params Ty[] signature) => new($"Func<{string.Join<Ty>(", ", signature)}>", Kind.Func, signature);
}

/// <summary>A variable in scope, or another place that has a name.</summary>
/// <param name="Name">How it is written.</param>
/// <param name="Type">Its type.</param>
/// <param name="Writable">It may be assigned, and passed by reference.</param>
/// <param name="Capturable">A lambda may use it.</param>
internal sealed record Var(string Name, Ty Type, bool Writable = true, bool Capturable = true);

internal sealed record Parameter(string Name, Ty Type, string Mode = "")
{
    public override string ToString() => $"{(Mode.Length > 0 ? Mode + " " : "")}{Type} {Name}";
}

internal enum Shape
{
    Plain, Iterator, Async, AsyncIterator, RefReturn,
}

/// <summary>Something to call. It calls only what has a lower rank, so that no program recurses without a bound.</summary>
internal sealed record Method(string Name, Ty? Owner, Ty Return, Parameter[] Parameters, int Rank, bool Pure, Shape Shape = Shape.Plain)
{
    /// <summary>The class that a static one is in.</summary>
    public string Home { get; init; } = "P";

    public Ty[] TypeParameters { get; init; } = [];
}

/// <summary>What holds for the code of one function body, at one place in it.</summary>
internal sealed record Fn
{
    public required Ty Return { get; init; }

    public required int Rank { get; init; }

    /// <summary>No statics, and nothing that has: it may run beside others.</summary>
    public bool Pure { get; init; }

    public Shape Shape { get; init; }

    public bool IsLambda { get; init; }

    /// <summary>There is a loop that may be left from here.</summary>
    public bool InLoop { get; init; }

    /// <summary>Control may not leave but at the end.</summary>
    public bool InFinally { get; init; }

    public bool InCatch { get; init; }

    /// <summary>In a handler whose exception is not thrown again, since it is not the program's own: neither `throw;` nor `stackalloc`.</summary>
    public bool InOthersCatch { get; init; }

    /// <summary>Neither yield nor await.</summary>
    public bool NoYield { get; init; }

    public bool AllowsRefs => Shape is Shape.Plain or Shape.RefReturn;
}

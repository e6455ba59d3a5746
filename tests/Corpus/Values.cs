namespace Corpus;

internal enum Small : byte
{
    None,
    Some = 200,
}

internal enum Wide : long
{
    Low = -1,
    High = long.MaxValue,
}

internal record Person(string Name, int Age)
{
    public Person Older() => this with { Age = S(Age) + 1 };
}

internal readonly record struct Huge(long A, long B, string C, decimal D, Guid E);

internal static class Values
{
    static bool Bool() => S(true);
    static byte Byte() => S((byte)200);
    static sbyte SByte() => S((sbyte)-100);
    static short Short() => S((short)-30000);
    static char Char() => S('z');
    static uint UInt() => S(4000000000u);
    static long Long() => S(long.MinValue);
    static ulong ULong() => S(ulong.MaxValue);
    static float Float() => S(1.25f);
    static double Double() => S(-2.5);
    static decimal Decimal() => S(79228162514264337593543950335m);
    static Guid Id() => S(new Guid("00112233-4455-6677-8899-aabbccddeeff"));
    static Small Small() => S(Corpus.Small.Some);
    static Wide Wide() => S(Corpus.Wide.High);
    static (int, string, double) Tuple() => S((1, "t", 0.5));
    static nint Native() => S((nint)123);
    static Int128 Int128() => S(System.Int128.MaxValue);
    static Half Half() => S((Half)0.5);
    static DateTime Date() => S(new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc));

    public static void Returns()
    {
        Out(Bool());
        Out(Byte() + SByte() + Short());
        Out(Char());
        Out(UInt() + Long());
        Out(ULong());
        Out(Float() + Double());
        Out(Decimal());
        Out(Id());
        Out(Small());
        Out(Wide());
        Out(Tuple());
        Out(Native());
        Out(Int128());
        Out(Half());
        Out(Date().Year);
    }

    public static void Big()
    {
        var h = Echo(new Huge(1, 2, "c", 4.5m, Guid.Empty));
        Out(h);
        h = h with { B = S(9), C = S("changed") };
        Out(h);
        Out(S(h) == S(h));
    }

    public static void Arithmetic()
    {
        try
        {
            Out(checked(S(int.MaxValue) + S(1)));
        }
        catch (OverflowException)
        {
            Out("overflow");
        }
        Out(unchecked(S(int.MaxValue) + S(1)));
        Out(S(7u) / S(2u) + S(7) % S(4));
        Out(S(-8) >> S(1));
        Out(S(-8) >>> S(28));
        Out((uint)S(-1) > S(1u));
        Out(S(double.NaN) < S(1.0));
        Out(!(S(double.NaN) >= S(1.0)));
        Out((int)S(3.99) + (long)S(1e10f));
        Out(~S(5) ^ S(3) | S(8) & S(12));
        try
        {
            Out(S(1) / S(0));
        }
        catch (DivideByZeroException)
        {
            Out("zero");
        }
    }

    static int? Maybe(int n) => S(n) > 0 ? S(n) : null;

    public static void Nullable()
    {
        Out(Maybe(3) + Maybe(4));
        Out(Maybe(3) + Maybe(-1) ?? -5);
        Out(Maybe(2) is { } v ? S(v) : 0);
        Out(Maybe(0).HasValue);
        Out(Maybe(5)!.Value * Maybe(6).GetValueOrDefault());
        (int, int)? pair = S((1, 2));
        Out(pair?.Item2);
    }

    public static void Arrays()
    {
        var grid = new int[S(2), S(3)];
        grid[S(1), 2] = S(5);
        grid[1, 2] += S(6);
        Out(grid[1, S(2)] + grid.Length);
        var bytes = new byte[4];
        bytes[S(2)] = (byte)S(300);
        Out(bytes[2]);
        var structs = new Vec[3];
        structs[S(1)] = new Vec(S(1), 2);
        Out(structs[1]);
        object[] objects = new string[1];
        try
        {
            objects[S(0)] = S((object)1);
        }
        catch (ArrayTypeMismatchException)
        {
            Out("mismatch");
        }
        Out(new[] { 1, 2, 3, 4 }[S(1)..^S(1)].Length);
        Out(new[] { 1, 2, 3 }[^S(1)]);
    }

    public static void Records()
    {
        var p = new Person(S("Ann"), S(41)).Older();
        Out(p);
        var (name, age) = p with { Name = S("Bea") };
        Out(name + age);
        Out(p == new Person("Ann", S(42)));
    }

    // The compiler builds these where the old value is, which the arguments still read.
    public static void InPlace()
    {
        var v = new Vec(1, 2);
        Yield();
        v = new Vec(v.X + 1, v.Y + S(3));
        Yield();
        v = new Vec(v.Y, v.X);
        Out(v);
        var pair = new KeyValuePair<int, string>(1, "a");
        for (var i = 0; i < 3; i++)
        {
            Yield();
            pair = new KeyValuePair<int, string>(pair.Key * 2, pair.Value + S(pair.Key));
        }
        Out(pair);
    }
}

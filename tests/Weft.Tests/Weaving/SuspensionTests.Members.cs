// Members of interfaces that have a body or are static, methods of structs in boxes, overrides with another result.

using System.Collections;

namespace Weft.Tests;

public sealed partial class SuspensionTests
{
    private static readonly Dictionary<string, Action> s_members = new()
    {
        ["static member of an interface"] = () => IMember.Static(1),
        ["sealed member of an interface"] = () => ((IMember)new Member()).Sealed(1),
        ["private member of an interface"] = () => ((IMember)new Member()).Shown(1),
        ["sealed member of an interface, on a box"] = () => ((IMember)new SmallMember()).Sealed(1),
        ["sealed member of an interface, through a type parameter"] = () => Sealed(new Member()),
        ["sealed member of an interface, through a type parameter for a struct"] = () => Sealed(new SmallMember()),

        ["default body"] = () => ((IMember)new Member()).Default(1),
        ["default body, in a class that is not woven"] = () => ((IMember)new PlainMember()).Default(1),
        ["default body, in a class that implements another member"] = () => ((IMember)new BusyMember()).Default(1),
        ["default body, on a box"] = () => ((IMember)new SmallMember()).Default(1),
        ["default body, through a type parameter"] = () => Default(new Member()),
        ["default body, through a type parameter for a struct"] = () => Default(new SmallMember()),
        ["default body, generic"] = () => ((IMember)new PlainMember()).Generic("a"),
        ["default body that another one calls"] = () => ((IMember)new PlainMember()).Outer(1),
        ["default body of another interface"] = () => ((IMember)new OverMember()).Default(1),
        ["default body of another interface, in a class that is not woven"] = () => ((IMember)new PlainOverMember()).Default(1),
        ["default body, most specific of a diamond"] = () => ((IMember)new DiamondMember()).Default(1),
        ["default body of a generic interface"] = () => ((IOf<string>)new Of()).Default("a"),
        ["default body of a generic interface, by variance"] = () => ((IGives<object>)new Gives()).Give(),
        ["default body, a delegate"] = () => ((Func<int, int>)((IMember)new Member()).Default)(1),
        ["default body, an iterator"] = () =>
        {
            foreach (var n in ((IMember)new Member()).Iterate())
                _ = n;
        },
        ["member made abstract again"] = () => ((IMember)new AgainMember()).Default(1),

        ["virtual method through a type parameter for a class"] = () => ByReference(new Derived()),
        ["method through a type parameter for a class"] = () => ByReference(new Part()),
        ["method of a struct in a box"] = () => ((IWork)new SmallWork()).Work(),
        ["explicit method of a struct in a box"] = () => ((IOther)new SmallWork()).Work(),
        ["generic struct in a box"] = () => ((IWork)new SmallWorkOf<string>()).Work(),
        ["method of a struct through a type parameter"] = () => Through(new SmallWork()),
        ["Dispose of a struct in a box"] = () =>
        {
            using ((IDisposable)new SmallWork())
                Yield();
        },
        ["foreach over an enumerator in a box"] = () =>
        {
            foreach (var n in (IEnumerable<int>)new Counting())
                _ = n;
        },

        ["static abstract member of a class"] = () => Made<Part>(1),
        ["static abstract member of a struct"] = () => Made<SmallPart>(1),
        ["static abstract member of a generic struct"] = () => Made<SmallPartOf<string>>(1),
        ["static abstract member that a base class has"] = () => Made<DerivedPart>(1),
        ["static virtual member"] = () => Named<Part>(1),
        ["static virtual member of another interface"] = () => Named<NamedPart>(1),
        ["operator"] = () => Sum(new Part(), new Part()),
        ["static abstract member, generic"] = () => Turned<Part, string>("a"),
        ["static abstract member of a library's interface"] = () => Parsed<Part>("a"),

        ["override with a more derived result"] = () => ((Shape)new Square()).Copy(),
        ["override of an override with a more derived result"] = () => ((Shape)new SmallSquare()).Copy(),
        ["override with a more derived result, twice"] = () => ((Shape)new Tile()).Copy(),
        ["override with a more derived result, called there"] = () => ((Square)new Tile()).Copy(),
    };

    private static int Sealed<T>(T member) where T : IMember => member.Sealed(1);

    private static int Default<T>(T member) where T : IMember => member.Default(1);

    private static int ByReference<T>(T work) where T : Base
    {
        return Of(ref work);

        static int Of(ref T work) => work.Work();
    }

    private static int ByReference(Part part)
    {
        return Of(ref part);

        static int Of<T>(ref T part) where T : Part => part.Plain();
    }

    private static T Made<T>(int n) where T : IPart<T> => T.Make(n);

    private static string Named<T>(int n) where T : IPart<T> => T.Name(n);

    private static T Sum<T>(T a, T b) where T : IPart<T> => a + b;

    private static R Turned<T, R>(R value) where T : IPart<T> => T.Turn(value);

    private static T Parsed<T>(string s) where T : IParsable<T> => T.Parse(s, null);

    private interface IMember
    {
        static int Static(int n) => n + Wait();

        sealed int Sealed(int n) => n + Wait();

        sealed int Shown(int n) => Hidden(n) + 1;

        private int Hidden(int n) => n + Wait();

        int Default(int n) => n + Wait();

        int Outer(int n) => Default(n) + 1;

        T Generic<T>(T value)
        {
            Wait();
            return value;
        }

        IEnumerable<int> Iterate()
        {
            yield return Wait();
        }

        int Other() => 0;
    }

    private class Member : IMember;

    private struct SmallMember : IMember;

    // Nothing of it is woven.
    [NotWoven]
    private sealed class PlainMember : IMember;

    private sealed class BusyMember : IMember
    {
        public int Other() => Wait();
    }

    private interface IOverMember : IMember
    {
        int IMember.Default(int n) => Wait() - n;
    }

    private interface IOtherMember : IMember
    {
        int IMember.Default(int n) => n;
    }

    private interface IBothMembers : IOverMember, IOtherMember
    {
        int IMember.Default(int n) => Wait() * n;
    }

    private interface IAgainMember : IMember
    {
        abstract int IMember.Default(int n);
    }

    private class OverMember : IOverMember;

    [NotWoven]
    private sealed class PlainOverMember : IOverMember;

    private sealed class DiamondMember : OverMember, IBothMembers;

    private sealed class AgainMember : IAgainMember
    {
        int IMember.Default(int n) => Wait() + n;
    }

    private interface IOf<T>
    {
        T Default(T value)
        {
            Wait();
            return value;
        }
    }

    private sealed class Of : IOf<string>, IOf<int>;

    private interface IGives<out T>
    {
        T? Give()
        {
            Wait();
            return default;
        }
    }

    private sealed class Gives : IGives<string>;

    private struct SmallWork : IWork, IOther, IDisposable
    {
        public readonly int Work() => Wait();

        readonly int IOther.Work() => Wait();

        public readonly void Dispose() => Wait();
    }

    private struct SmallWorkOf<T> : IWork
    {
        public readonly int Work() => Wait() + typeof(T).Name.Length;
    }

    private sealed class Counting : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator() => new Enumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private struct Enumerator : IEnumerator<int>
        {
            public int Current { get; private set; }

            readonly object IEnumerator.Current => Current;

            public bool MoveNext() => Current++ < 1 && Wait() == 0;

            public readonly void Reset() => throw new NotSupportedException();

            public readonly void Dispose()
            {
            }
        }
    }

    private interface IPart<TSelf> where TSelf : IPart<TSelf>
    {
        static abstract TSelf Make(int n);

        static virtual string Name(int n) => "part " + Wait();

        static abstract R Turn<R>(R value);

        static abstract TSelf operator +(TSelf a, TSelf b);
    }

    private class Part : IPart<Part>, IParsable<Part>
    {
        public int Plain() => Wait();

        public static Part Make(int n)
        {
            Wait();
            return new Part();
        }

        static R IPart<Part>.Turn<R>(R value)
        {
            Wait();
            return value;
        }

        public static Part operator +(Part a, Part b)
        {
            Wait();
            return a;
        }

        public static Part Parse(string s, IFormatProvider? provider) => Make(s.Length);

        public static bool TryParse(string? s, IFormatProvider? provider, out Part result)
        {
            result = new Part();
            return true;
        }
    }

    private struct SmallPart : IPart<SmallPart>
    {
        public static SmallPart Make(int n)
        {
            Wait();
            return default;
        }

        public static R Turn<R>(R value) => value;

        public static SmallPart operator +(SmallPart a, SmallPart b) => a;
    }

    private struct SmallPartOf<T> : IPart<SmallPartOf<T>>
    {
        public static SmallPartOf<T> Make(int n)
        {
            Wait();
            return default;
        }

        public static R Turn<R>(R value) => value;

        public static SmallPartOf<T> operator +(SmallPartOf<T> a, SmallPartOf<T> b) => a;
    }

    private class BasePart
    {
        public static DerivedPart Make(int n)
        {
            Wait();
            return new DerivedPart();
        }

        public static R Turn<R>(R value) => value;
    }

    private sealed class DerivedPart : BasePart, IPart<DerivedPart>
    {
        public static DerivedPart operator +(DerivedPart a, DerivedPart b) => a;
    }

    private interface INamedPart<TSelf> : IPart<TSelf> where TSelf : INamedPart<TSelf>
    {
        static string IPart<TSelf>.Name(int n) => "named " + Wait();
    }

    private sealed class NamedPart : INamedPart<NamedPart>
    {
        public static NamedPart Make(int n) => new();

        public static R Turn<R>(R value) => value;

        public static NamedPart operator +(NamedPart a, NamedPart b) => a;
    }

    private class Shape
    {
        public virtual Shape Copy() => new();
    }

    private class Square : Shape
    {
        public override Square Copy()
        {
            Wait();
            return new Square();
        }
    }

    private sealed class SmallSquare : Square
    {
        public override Square Copy()
        {
            Wait();
            return this;
        }
    }

    private sealed class Tile : Square
    {
        public override Tile Copy()
        {
            Wait();
            return this;
        }
    }
}

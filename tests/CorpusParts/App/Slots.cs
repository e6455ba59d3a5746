// Slots and interfaces of assemblies that are not woven: the plugin's and .NET's.

using System.Text;

namespace Parts;

internal static class Slots
{
    public static void Rules()
    {
        foreach (var rule in new Rule<string>[] { new PluginRule(), new AppRule("a"), new LongRule("b"), new LongestRule("c") })
        {
            var weight = 1;
            Out($"{rule.GetType().Name} {rule.Check("x")} {rule.All("y")} {rule.Weigh(5, ref weight)} {rule.Weigh("s", ref weight)} {weight} {rule.Strength} {rule.Copy().Check("z")}");
            rule.Strength = 3;
            IRule<string> contract = rule;
            Out($"{contract.Check("i")} {contract.Name} {contract.Weigh(2.5, ref weight)} {weight} {rule.Strength} {CheckOf(rule, "t")}");
        }
        IRule<string> any = new AnyRule();
        var weights = new int[2];
        Out(any.Check("variance") + any.Name + any.Weigh('c', ref weights[1]) + weights[1]);
        Out(CheckOf(new SmallRule(), 7) + ((IRule<int>)new SmallRule()).Check(8));
    }

    static string CheckOf<R, T>(R rule, T value) where R : IRule<T> => rule.Check(value);

    public static void Providers()
    {
        foreach (IServiceProvider p in new IServiceProvider[] { new Services(), new PluginServices(), new MoreServices(new PluginServices()), new MoreServices(new Services()), new AppServices() })
            Out($"{p.GetType().Name} {p.GetService(typeof(int))} {p.GetService(typeof(string))}");
    }

    public static void Streams()
    {
        using var memory = new MemoryStream();
        Stream s = new Framed(new Framed(new AppStream(memory)));
        s.Write("hello"u8.ToArray(), 0, 5);
        s.Flush();
        memory.Position = 0;
        var text = new StringBuilder();
        var buffer = new byte[16];
        for (int n; (n = s.Read(buffer, 0, 16)) > 0;)
            text.Append(Encoding.ASCII.GetString(buffer, 0, n)).Append('|');
        Out(text);
    }

    sealed class AppStream(MemoryStream inner) : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => Wait.For(inner.Read(buffer, offset, count));

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, Wait.For(offset), count);

        public override void WriteByte(byte value) => inner.WriteByte(Wait.For(value));

        public override void Flush() => Out("flush " + Wait.For(inner.Length));
    }

    sealed class AppServices : Services, IServiceProvider
    {
        object? IServiceProvider.GetService(Type serviceType) => Wait.For("app ") + serviceType.Name;
    }

    class AppRule(string name) : Rule<string>
    {
        public override string Check(string value) => Wait.For(name) + value;

        protected override string Inner(string value) => Wait.For("app ") + base.Inner(value);

        public override R Weigh<R>(R value, ref int weight)
        {
            weight += Wait.For(10);
            return base.Weigh(Wait.For(value), ref weight);
        }

        public override int Strength { get => Wait.For(base.Strength); set => base.Strength = Wait.For(value) + 1; }
    }

    class LongRule(string name) : AppRule(name)
    {
        readonly string name = name;

        public override LongRule Copy() => new(Wait.For(name) + "-copy");

        public new virtual string Check(string value) => "hidden";
    }

    sealed class LongestRule(string name) : LongRule(name)
    {
        public override LongestRule Copy() => Wait.For(this);

        public override string Check(string value) => "hidden again";
    }

    sealed class AnyRule : IRule<object>
    {
        public string Check(object value) => Wait.For("any ") + value;

        public R Weigh<R>(R value, ref int weight)
        {
            weight = Wait.For(9);
            return value;
        }
    }

    struct SmallRule : IRule<int>
    {
        int asked;

        public string Check(int value) => "small " + (asked += Wait.For(value));

        public R Weigh<R>(R value, ref int weight) => value;
    }
}

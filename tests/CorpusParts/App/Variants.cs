// Variant interfaces that a type implements more than once: with and without a hot body, in woven and unwoven classes.

namespace Parts;

internal sealed class AppAfterObjects : PluginObjects, IHandle<string>
{
    string IHandle<string>.Handle(string t) => "after objects " + W(t);
}

internal sealed class AppAfterStrings : PluginStrings, IHandle<object>
{
    public string Handle(object t) => "after strings " + W(t);
}

internal class AppQuickStrings : IHandle<object>, IHandle<string>
{
    public string Handle(object t) => "object " + W(t);

    string IHandle<string>.Handle(string t) => "quick string";
}

internal sealed class AppQuickObjects : IHandle<string>, IHandle<object>
{
    public string Handle(object t) => "quick object";

    public string Handle(string t) => "string " + W(t);

    string IHandle<string>.Twice(string t) => "own twice " + W(t);
}

internal sealed class AppAfterPlugin : PluginHandler, IHandle<IComparable>
{
    public string Handle(IComparable t) => "comparable " + W(t);
}

internal sealed class AppAnew : AppQuickStrings, IHandle<object>
{
    string IHandle<object>.Handle(object t) => "anew " + W(t);
}

internal sealed class AppBoth : IHandle<object>, IHandle<string>
{
    public string Handle(object t) => "both object " + W(t);

    public string Handle(string t) => "both string " + W(t);
}

internal sealed class AppStringSource : QuickSource, ISource<string>
{
    string ISource<string>.Next() => W("string source");
}

internal sealed class AppObjectSource : Source, ISource<object>
{
    object ISource<object>.Next() => W("object source");
}

internal struct AppSources : ISource<object>, ISource<string>
{
    string ISource<string>.Next() => W("strings");

    public object Next() => W("objects");
}

internal struct AppSource : ISource<string>
{
    public string Next() => W("only strings");
}

internal static class Variants
{
    static string Handled<T>(T h) where T : IHandle<string> => h.Handle("t") + h.Twice("u");

    static string Given<T>(T s) where T : ISource<object> => W("given ") + s.Next();

    public static void Handlers()
    {
        foreach (var h in new IHandle<object>[] { new Handler(), new PluginHandler(), new PluginObjects(), new AppAfterObjects(), new AppAfterStrings(), new AppQuickStrings(), new AppQuickObjects(), new AppAfterPlugin(), new AppAnew(), new AppBoth() })
        {
            IHandle<string> s = h;
            IHandle<IComparable> c = h;
            for (var i = 0; i < 2; i++)
                Out(h.Handle(1) + h.Twice(2) + s.Handle("s") + s.Twice("t") + c.Handle(3) + c.Twice("c") + Handled(h) + Handled(s));
        }
        Out(Handled(new AppAfterPlugin()) + Handled(new PluginStrings()));
    }

    public static void Sources()
    {
        foreach (var s in new ISource<object>[] { new Source(), new QuickSource(), new PluginSource(), new AppStringSource(), new AppObjectSource(), new AppSources(), new AppSource() })
        {
            Func<object> next = s.Next;
            Out(s.Next() + " " + (s as ISource<string>)?.Next() + " " + Given(s) + next());
        }
        Out(Given(new AppSources()) + Given(new AppSource()) + Given(new AppStringSource()) + Given(new PluginSource()));
    }
}

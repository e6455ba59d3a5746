// Statements that wait for other goroutines: select, locks of the library, tasks, timers. Whatever the schedule, they say the same.

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator
{
    /// <summary>A select statement of which one case can go on.</summary>
    string Select(int depth)
    {
        Ty ta = APlainType(), tb = APlainType();
        var (a, b) = (Name("ch"), Name("ch"));
        string Body(string of, Ty t) => In(fn with { InLoop = false }, () => $"{Statements(1, depth)}c.L({Site()}, {of}.Ok);", new Var(of + ".Value", t, Writable: false, Capturable: false));
        var head = $"var {a} = new Chan<{ta}>({r.Below(2)}); var {b} = new Chan<{tb}>(1); var {a}r = {a}.OnReceive(); var {b}r = {b}.OnReceive(); ";
        switch (r.Below(4))
        {
            // A receiver waits; the sender's value was made before.
            case 0:
                return $"{{ {head} var {a}v = {E(ta, 2)}; Go(() => {a}.Send({a}v)); switch (Weft.Select.Wait({r.Of([a + "r, " + b + "r", $"{a}r, {b}r, Weft.Select.After(TimeSpan.FromHours(1))", $"[{a}r, {b}r]"])})) {{ case 0: {Body(a + "r", ta)} break; case 1: {Body(b + "r", tb)} break; default: c.L({Site()}, 2); break; }} }}";
            // Nobody is ready, or one is.
            case 1:
                return $"{{ {head} {(r.Chance(50) ? $"{b}.Send({E(tb, 1)});" : "")} switch (Weft.Select.TryWait({a}r, {b}r)) {{ case 1: {Body(b + "r", tb)} break; default: {Block(fn with { InLoop = false }, 1, depth)} break; }} }}";
            // A sender waits; a closed channel is always ready.
            case 2:
                return $"{{ {head} {b}.Send({E(tb, 1)}); var {a}s = {b}.OnSend({E(tb, 2)}); Go(() => {b}.Receive()); c.L({Site()}, Weft.Select.Wait({a}s, {a}r)); {a}.Close(); c.L({Site()}, Weft.Select.Wait({a}r)); {Body(a + "r", ta)} }}";
            // In a loop, the cases by turns.
            default:
                var i = Name("i");
                return $"{{ {head} for (var {i} = 0; {i} < 3; {i}++) {{ if ({i} % 2 == 0) {{ var {a}v = {E(ta, 1)}; Go(() => {a}.Send({a}v)); }} else {b}.Send({E(tb, 1)}); if (Weft.Select.Wait({b}r, {a}r) == 0) {{ {Body(b + "r", tb)} }} else {{ {Body(a + "r", ta)} }} }} }}";
        }
    }

    string? Synchronised(int depth)
    {
        var m = Name("m");
        string Held() => Block(Few, depth);
        switch (r.Below(11))
        {
            case 0:
                return $"{{ var {m} = new GoMutex(); {m}.Lock(); try {Held()} finally {{ {m}.Unlock(); c.L({Site()}, {m}.TryLock()); }} }}";
            case 1:
                return $"{{ var {m} = new GoRWMutex(); {m}.RLock(); {m}.RLock(); try {Held()} finally {{ {m}.RUnlock(); {m}.RUnlock(); }} {m}.Lock(); var {m}w = new WaitGroup(); {m}w.Go(() => {{ {m}.RLock(); {m}.RUnlock(); }}); Yield(); {m}.Unlock(); {m}w.Wait(); }}";
            case 2:
                return $"{{ var {m} = new Once(); for (var {m}i = 0; {m}i < 2; {m}i++) try {{ {m}.Do(() => {{ {InLambda(new Fn { Return = Ty.Void, Rank = fn.Rank, Pure = fn.Pure }, false, () => Statements(Few, depth))} }}); }} catch (Boom {m}e) {{ c.X({Site()}, {m}e); }} }}";
            case 3:
                return $"{{ var {m} = new GoSemaphore(2); {m}.Acquire(2); Go(() => {m}.Release({1 + r.Below(2)})); {m}.Acquire(); {Held()} }}";
            case 4:
                return $"{{ var {m} = new ErrGroup(); var {m}c = c.Fork(); {m}.Go(() => {{ {m}c.S(1); {(r.Chance(50) ? InLambda(new Fn { Return = Ty.Void, Rank = fn.Rank, Pure = fn.Pure }, false, () => $"throw {AnException()};") : "")} }}); try {{ {m}.Wait(); }} catch (Exception {m}e) {{ c.L({Site()}, {m}e.GetType().Name + {m}e.Message); {Statements1(depth)} }} }}";
            case 5:
                return $"{{ var {m} = new GoMutex(); var {m}d = new Cond({m}); var {m}b = false; {m}.Lock(); Go(() => {{ {m}.Lock(); {m}b = true; {m}d.Broadcast(); {m}.Unlock(); }}); while (!{m}b) {m}d.Wait(); {m}.Unlock(); {Held()} }}";
            case 6:
                var (made, signal) = r.Of([("SemaphoreSlim(0)", "Release"), ("ManualResetEventSlim()", "Set"), ("CountdownEvent(1)", "Signal")]);
                return $"{{ var {m} = new {made}; Go(() => {m}.{signal}()); {m}.Wait(); {Held()} }}";
            case 7:
                return !fn.AllowsRefs ? null : $"{{ c.Pin(true); try {Held()} finally {{ c.Pin(false); }} }}";
            case 8:
                return $"{{ {r.Of(["Sleep(TimeSpan.FromTicks(1));", "Time.After(TimeSpan.FromTicks(10)).Receive();", $"using (var {m} = new Ticker(TimeSpan.FromMilliseconds(1))) {{ {m}.C.Receive(); {m}.C.Receive(); }}", $"var {m} = new GoTimer(TimeSpan.FromHours(1)); c.L({Site()}, {m}.Stop());"])} {Held()} }}";
            case 9:
                return fn.AllowsRefs && !fn.IsLambda ? $"{{ var {m} = new GoMutex(); using ({m}.EnterScope()) {Held()} c.L({Site()}, {m}.TryLock()); }}" : null;
            default:
                return $"{{ var {m} = c.Mon; var {m}t = false; try {{ Monitor.{(r.Chance(50) ? "Enter" : "TryEnter")}({m}, ref {m}t); {In(fn with { NoYield = true }, () => Statements(Few, depth))} }} finally {{ if ({m}t) Monitor.Exit({m}); }} }}";
        }
    }

    string Statements1(int depth) => In(fn with { InCatch = false, InOthersCatch = true, NoYield = true }, () => Statements(1, depth));

    /// <summary>A value that comes by way of a task.</summary>
    string? Tasks(Ty t, int depth)
    {
        if (t.Kind == Kind.Span)
            return null;
        string Body() => InLambda(new Fn { Return = t, Rank = fn.Rank, Pure = fn.Pure }, false, () => E(t, depth));
        return r.Below(7) switch
        {
            0 => $"Await(Run<{t}>(() => {Body()}))",
            1 => $"Run<{t}>(() => {Body()}).Result",
            2 => $"Await(Gen.LaterValue<{t}>(c, {E(t, depth)}))",
            3 => $"Gen.Later<{t}>(c, {E(t, depth)}).GetAwaiter().GetResult()",
            4 when unsafes == 0 => $"Run<{t}>(async () => {{ await Task.Yield(); return {Body()}; }}).GetAwaiter().GetResult()",
            5 => $"Once.Value<{t}>(() => {Body()})()",
            _ => $"new Lazy<{t}>(() => {Body()}).Value",
        };
    }
}

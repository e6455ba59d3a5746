// ThreadContext: the execution context that is installed on a thread, at the price of a field.
//
// A goroutine takes its context (AsyncLocals, Activity, culture) along from thread to thread. ExecutionContext.Capture finds the current
// thread through thread-local storage, which twice for each switch was a twentieth of a ping-pong; the M knows its thread. So the
// thread's field is read directly where it exists under the name it has had since .NET Core 3; else the public way is taken.
// Null stands for the default context, and costs nothing to install over itself.
//
// It is installed by ExecutionContext.Restore only, so that AsyncLocal's change handlers run. They run on g0, but with a current goroutine:
// the one that comes, or the one that ends. They may block as plain code may.

using System.Reflection;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

[NotWoven]
internal static class ThreadContext
{
    private static readonly bool s_hasField =
        typeof(Thread).GetField("_executionContext", BindingFlags.Instance | BindingFlags.NonPublic)?.FieldType == typeof(ExecutionContext);

    // There is no public name for the default context: it is what a thread sees that was started without flow.
    private static readonly ExecutionContext s_default = Default();

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_executionContext")]
    private static extern ref ExecutionContext? Field(Thread thread);

    /// <summary>The context of the calling thread, which is <paramref name="thread"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ExecutionContext? Get(Thread thread) => s_hasField ? Field(thread) : GetSlow();

    /// <summary>Installs a context on the calling thread, which is <paramref name="thread"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Set(Thread thread, ExecutionContext? context)
    {
        if (Get(thread) != context)
            ExecutionContext.Restore(context ?? s_default);
    }

    /// <summary>
    /// An M that has no goroutine and no P lets go of the context of the last one. Handlers of AsyncLocal run as on a thread that is no M: what
    /// they wait for in Weft blocks this thread.
    /// </summary>
    internal static void Clear(M m)
    {
        if (Get(m.thread) is null)
            return;
        M.SetCurrent(null);
        ExecutionContext.Restore(s_default);
        M.SetCurrent(m);
    }

    /// <summary>What a new goroutine inherits: the caller's context, or the default one where its flow is suppressed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ExecutionContext? Capture(Thread? thread) =>
        s_hasField && thread is not null && Field(thread) is null ? null : GetSlow();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ExecutionContext? GetSlow()
    {
        var ec = ExecutionContext.Capture();
        return ec == s_default ? null : ec;
    }

    private static ExecutionContext Default()
    {
        ExecutionContext? captured = null;
        var t = new Thread(() => captured = ExecutionContext.Capture());
        t.UnsafeStart();
        t.Join();
        return captured!;
    }
}

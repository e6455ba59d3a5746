// A textual dump of all goroutines, in Go's form.
//
// Read without stopping anything: a goroutine may move on while it is printed. Frames of a running goroutine that are on its machine stack
// cannot be seen from another thread; those that are captured can.

using System.Reflection;

namespace Weft.Runtime;

[NotWoven]
internal static class GoroutineDump
{
    internal static void Write(TextWriter w)
    {
        foreach (var g in Proc.AllGs())
        {
            var status = g.Status;
            if (status is GStatus.Dead or GStatus.Idle)
                continue;
            w.WriteLine($"goroutine {g.goid} [{Text(g, status)}]:");
            var n = 0;
            for (var f = g.frames; f is not null && n < 100; f = f.parent, n++)
                w.WriteLine("\t" + Name(f));
            if (n == 100)
                w.WriteLine("\t...");
            if (g.parentGoid != 0)
                w.WriteLine($"created by goroutine {g.parentGoid}");
            w.WriteLine();
        }
    }

    private static string Text(G g, GStatus status) => status switch
    {
        GStatus.Waiting or GStatus.Parking => g.waitreason.Text() + (g.lockedm is null ? "" : ", pinned to its thread"),
        GStatus.Runnable or GStatus.Ready => "runnable",
        GStatus.Syscall => "syscall",
        _ => "running",
    };

    private static string Name(Frame f)
    {
        var type = f.GetType();
        if (type.DeclaringType is not { } owner)
            return type.Name;
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        foreach (var m in owner.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            if (m.GetCustomAttribute<WeftStateMachineAttribute>()?.StateMachineType == definition)
                return $"{owner.FullName}.{m.Name}";
        return $"{owner.FullName}.{type.Name}";
    }
}

// Methods as their author knows them: names and lines for traces and dumps.
//
// A woven method has up to four bodies (plain, twin, behind the guard of a virtual twin, Resume); all are shown as the plain one. A frame's
// line is that of the call in which it is suspended: the weaver writes the lines of a frame's sites into an attribute of the frame class,
// so that no symbol file is needed for them. Lines of an exception's trace come from the symbols, as in any .NET trace.
//
// The runtime's own frames are not shown: the trampoline hides itself, primitives stand for what they do.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace Weft.Runtime;

/// <summary>On a frame class: where its sites are in the source.</summary>
/// <param name="file">The source file.</param>
/// <param name="lines">The line of each site; the first is that of the method's entry. 0: not known.</param>
[AttributeUsage(AttributeTargets.Class)]
[System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
public sealed class LinesAttribute(string file, int[] lines) : Attribute
{
    /// <summary>The source file.</summary>
    public string File { get; } = file;

    /// <summary>By number of the site.</summary>
    public int[] Lines { get; } = lines;
}

[NotWoven]
internal static class Symbols
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly ConcurrentDictionary<Type, (string? Name, LinesAttribute? Lines)> s_frames = new();

    /// <summary>The activation's method and line; false for those of the runtime.</summary>
    internal static bool TryDescribe(Frame f, [NotNullWhen(true)] out string? name, out string? file, out int line)
    {
        var type = f.GetType();
        if (type.IsGenericType)
            type = type.GetGenericTypeDefinition();
        (name, var lines) = s_frames.GetOrAdd(type, static t => (NameOf(t), t.GetCustomAttribute<LinesAttribute>()));
        var site = f.pc >> 1;
        file = lines?.File;
        line = lines is not null && (uint)site < (uint)lines.Lines.Length ? lines.Lines[site] : 0;
        return name is not null;
    }

    private static string? NameOf(Type frame) => Original(frame) is { } m ? Name(m) : frame.Assembly == typeof(Symbols).Assembly ? null : frame.FullName;

    /// <summary>The method whose frame class this is.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "What was trimmed is shown under the name of its frame class.")]
    private static MethodInfo? Original(Type frame)
    {
        if (frame.IsGenericType)
            frame = frame.GetGenericTypeDefinition();
        if (frame.DeclaringType is { } owner && typeof(Frame).IsAssignableFrom(frame))
            foreach (var m in owner.GetMethods(Declared))
                if (m.GetCustomAttribute<WeftStateMachineAttribute>()?.StateMachineType == frame)
                    return m;
        return null;
    }

    /// <summary>The exception's trace in Go's form: a line for the method, an indented one for the place.</summary>
    internal static void Trace(StringBuilder text, Exception e) => Lines(text, new StackTrace(e, fNeedFileInfo: true).GetFrames());

    /// <summary>The goroutine's part of a thread's stack: what lies above the trampoline, without the runtime's own at the top.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The runtime's own methods are not trimmed.")]
    internal static void Trace(StringBuilder text, StackTrace thread) => Lines(text, thread.GetFrames()
        .SkipWhile(f => f.GetMethod()?.DeclaringType?.Namespace == typeof(G).Namespace)
        .TakeWhile(f => f.GetMethod() is not { } m || m.DeclaringType != typeof(Proc)));

    // Of a long one the innermost and the outermost.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A frame whose method was trimmed is shown as the runtime shows it.")]
    private static void Lines(StringBuilder text, IEnumerable<StackFrame> frames)
    {
        var entries = new List<string>();
        foreach (var f in frames)
        {
            string name;
            if (f.GetMethod() is { } method)
            {
                if (method.IsDefined(typeof(StackTraceHiddenAttribute), false) || method.DeclaringType?.IsDefined(typeof(StackTraceHiddenAttribute), false) == true)
                    continue;
                name = Name(method);
            }
            else
            {
                name = f.ToString().Trim();
            }
            entries.Add(f.GetFileName() is { } file ? $"{name}\n\t{file}:{f.GetFileLineNumber()}\n" : $"{name}\n");
        }
        const int Innermost = GoroutineDump.Innermost, Outermost = GoroutineDump.Outermost;
        for (var i = 0; i < entries.Count; i++)
        {
            if (i < Innermost || i >= entries.Count - Outermost)
                text.Append(entries[i]);
            else if (i == Innermost)
                text.Append($"...{entries.Count - Innermost - Outermost} frames elided...\n");
        }
    }

    /// <summary>Type, method and parameters, as in a .NET trace.</summary>
    internal static string Name(MethodBase m)
    {
        if (m.DeclaringType is { } frame && m.Name == nameof(Frame.Resume) && Original(frame) is { } original)
            m = original;
        var name = m.Name;
        var parameters = m.GetParameters().AsSpan();
        // <Foo>g and <Foo>b; a local function has the name <Foo>g__Local|0_0, and its twin <<Foo>g__Local|0_0>g.
        if (m.IsSpecialName && name.Length > 3 && name[0] == '<' && name[^2] == '>' && name[^1] is 'g' or 'b')
            name = name[1..^2];
        if (parameters.Length > 0 && parameters[^1].ParameterType == typeof(G))
            parameters = parameters[..^1];
        var text = new StringBuilder();
        if (m.DeclaringType is { } type)
            text.Append(TypeName(type)).Append('.');
        text.Append(name).Append('(');
        for (var i = 0; i < parameters.Length; i++)
            text.Append(i == 0 ? "" : ", ").Append(TypeName(parameters[i].ParameterType, isShort: true)).Append(' ').Append(parameters[i].Name);
        return text.Append(')').ToString();
    }

    private static string TypeName(Type t, bool isShort = false) =>
        (isShort ? t.Name : t is { IsGenericType: true, IsGenericTypeDefinition: false } ? t.GetGenericTypeDefinition().FullName : t.FullName)?.Replace('+', '.') ?? t.Name;
}

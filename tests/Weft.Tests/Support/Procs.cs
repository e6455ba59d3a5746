namespace Weft.Tests;

/// <summary>Sets MaxProcs for the time of a test. Tests do not run in parallel.</summary>
internal sealed class Procs : IDisposable
{
    private readonly int _before = WeftRuntime.MaxProcs;

    internal Procs(int n) => WeftRuntime.MaxProcs = n;

    public void Dispose() => WeftRuntime.MaxProcs = _before;
}

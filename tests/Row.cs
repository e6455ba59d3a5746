using Xunit.v3;

namespace Weft;

/// <summary>
/// Names the tests of Go's own suite that a test of ours stands for: `-trait Row=TestPingPongHog` runs it, and
/// docs/conformance-runtime.md, or -testing.md, must list it there (RowTests).
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RowAttribute(params string[] rows) : Attribute, ITraitAttribute
{
    internal IReadOnlyList<string> Rows => rows;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => rows.Select(r => new KeyValuePair<string, string>("Row", r)).ToArray();
}

// Shadows of .NET's interfaces: what a woven type implements beside the interface itself, so that calls through it may suspend.
// A woven call site asks for the shadow (isinst) and falls back to the plain call, which pins.

using System.Collections;
using System.ComponentModel;

namespace Weft.Runtime;

/// <summary>Shadow of <see cref="IEnumerator"/>.</summary>
[ShadowOf(typeof(IEnumerator))]
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IEnumeratorShadow
{
    /// <summary>Hot form of <see cref="IEnumerator.MoveNext"/>.</summary>
    bool MoveNext(G g);
}

/// <summary>Shadow of <see cref="IDisposable"/>.</summary>
[ShadowOf(typeof(IDisposable))]
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IDisposableShadow
{
    /// <summary>Hot form of <see cref="IDisposable.Dispose"/>.</summary>
    void Dispose(G g);
}

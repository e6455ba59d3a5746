// The overloads of Select for one to eight cases: no array is made.

using System.ComponentModel;
using Weft.Runtime;

namespace Weft;

public static partial class Select
{
    /// <summary>Waits until one of the cases can run, and runs it: <see cref="Wait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <returns>The index of the case that ran.</returns>
    public static int Wait(SelectCase case1) =>
        Block(Begin(out var g).Add(case1, nameof(case1)), g);

    /// <summary>Hot form of <see cref="Wait(SelectCase)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int Wait(SelectCase case1, G g) =>
        Park(Begin(g).Add(case1, nameof(case1)), g);

    /// <summary>Runs a case if one can run now: <see cref="TryWait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <returns>The index of the case that ran, or -1.</returns>
    public static int TryWait(SelectCase case1) =>
        Begin(out _).Add(case1, nameof(case1)).TryNow();

    /// <summary>Waits until one of the cases can run, and runs it: <see cref="Wait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <returns>The index of the case that ran.</returns>
    public static int Wait(SelectCase case1, SelectCase case2) =>
        Block(Begin(out var g).Add(case1, nameof(case1)).Add(case2, nameof(case2)), g);

    /// <summary>Hot form of <see cref="Wait(SelectCase, SelectCase)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int Wait(SelectCase case1, SelectCase case2, G g) =>
        Park(Begin(g).Add(case1, nameof(case1)).Add(case2, nameof(case2)), g);

    /// <summary>Runs a case if one can run now: <see cref="TryWait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <returns>The index of the case that ran, or -1.</returns>
    public static int TryWait(SelectCase case1, SelectCase case2) =>
        Begin(out _).Add(case1, nameof(case1)).Add(case2, nameof(case2)).TryNow();

    /// <summary>Waits until one of the cases can run, and runs it: <see cref="Wait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <returns>The index of the case that ran.</returns>
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3) =>
        Block(Begin(out var g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)), g);

    /// <summary>Hot form of <see cref="Wait(SelectCase, SelectCase, SelectCase)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3, G g) =>
        Park(Begin(g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)), g);

    /// <summary>Runs a case if one can run now: <see cref="TryWait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <returns>The index of the case that ran, or -1.</returns>
    public static int TryWait(SelectCase case1, SelectCase case2, SelectCase case3) =>
        Begin(out _).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).TryNow();

    /// <summary>Waits until one of the cases can run, and runs it: <see cref="Wait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <param name="case4">A case.</param>
    /// <returns>The index of the case that ran.</returns>
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4) =>
        Block(Begin(out var g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)), g);

    /// <summary>Hot form of <see cref="Wait(SelectCase, SelectCase, SelectCase, SelectCase)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, G g) =>
        Park(Begin(g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)), g);

    /// <summary>Runs a case if one can run now: <see cref="TryWait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <param name="case4">A case.</param>
    /// <returns>The index of the case that ran, or -1.</returns>
    public static int TryWait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4) =>
        Begin(out _).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).TryNow();

    /// <summary>Waits until one of the cases can run, and runs it: <see cref="Wait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <param name="case4">A case.</param>
    /// <param name="case5">A case.</param>
    /// <returns>The index of the case that ran.</returns>
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5) =>
        Block(Begin(out var g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)), g);

    /// <summary>Hot form of <see cref="Wait(SelectCase, SelectCase, SelectCase, SelectCase, SelectCase)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5, G g) =>
        Park(Begin(g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)), g);

    /// <summary>Runs a case if one can run now: <see cref="TryWait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <param name="case4">A case.</param>
    /// <param name="case5">A case.</param>
    /// <returns>The index of the case that ran, or -1.</returns>
    public static int TryWait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5) =>
        Begin(out _).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)).TryNow();

    /// <summary>Waits until one of the cases can run, and runs it: <see cref="Wait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <param name="case4">A case.</param>
    /// <param name="case5">A case.</param>
    /// <param name="case6">A case.</param>
    /// <returns>The index of the case that ran.</returns>
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5, SelectCase case6) =>
        Block(Begin(out var g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)).Add(case6, nameof(case6)), g);

    /// <summary>Hot form of <see cref="Wait(SelectCase, SelectCase, SelectCase, SelectCase, SelectCase, SelectCase)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5, SelectCase case6, G g) =>
        Park(Begin(g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)).Add(case6, nameof(case6)), g);

    /// <summary>Runs a case if one can run now: <see cref="TryWait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <param name="case4">A case.</param>
    /// <param name="case5">A case.</param>
    /// <param name="case6">A case.</param>
    /// <returns>The index of the case that ran, or -1.</returns>
    public static int TryWait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5, SelectCase case6) =>
        Begin(out _).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)).Add(case6, nameof(case6)).TryNow();

    /// <summary>Waits until one of the cases can run, and runs it: <see cref="Wait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <param name="case4">A case.</param>
    /// <param name="case5">A case.</param>
    /// <param name="case6">A case.</param>
    /// <param name="case7">A case.</param>
    /// <returns>The index of the case that ran.</returns>
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5, SelectCase case6, SelectCase case7) =>
        Block(Begin(out var g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)).Add(case6, nameof(case6)).Add(case7, nameof(case7)), g);

    /// <summary>Hot form of <see cref="Wait(SelectCase, SelectCase, SelectCase, SelectCase, SelectCase, SelectCase, SelectCase)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5, SelectCase case6, SelectCase case7, G g) =>
        Park(Begin(g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)).Add(case6, nameof(case6)).Add(case7, nameof(case7)), g);

    /// <summary>Runs a case if one can run now: <see cref="TryWait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <param name="case4">A case.</param>
    /// <param name="case5">A case.</param>
    /// <param name="case6">A case.</param>
    /// <param name="case7">A case.</param>
    /// <returns>The index of the case that ran, or -1.</returns>
    public static int TryWait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5, SelectCase case6, SelectCase case7) =>
        Begin(out _).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)).Add(case6, nameof(case6)).Add(case7, nameof(case7)).TryNow();

    /// <summary>Waits until one of the cases can run, and runs it: <see cref="Wait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <param name="case4">A case.</param>
    /// <param name="case5">A case.</param>
    /// <param name="case6">A case.</param>
    /// <param name="case7">A case.</param>
    /// <param name="case8">A case.</param>
    /// <returns>The index of the case that ran.</returns>
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5, SelectCase case6, SelectCase case7, SelectCase case8) =>
        Block(Begin(out var g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)).Add(case6, nameof(case6)).Add(case7, nameof(case7)).Add(case8, nameof(case8)), g);

    /// <summary>Hot form of <see cref="Wait(SelectCase, SelectCase, SelectCase, SelectCase, SelectCase, SelectCase, SelectCase, SelectCase)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int Wait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5, SelectCase case6, SelectCase case7, SelectCase case8, G g) =>
        Park(Begin(g).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)).Add(case6, nameof(case6)).Add(case7, nameof(case7)).Add(case8, nameof(case8)), g);

    /// <summary>Runs a case if one can run now: <see cref="TryWait(SelectCase[])"/>.</summary>
    /// <param name="case1">A case.</param>
    /// <param name="case2">A case.</param>
    /// <param name="case3">A case.</param>
    /// <param name="case4">A case.</param>
    /// <param name="case5">A case.</param>
    /// <param name="case6">A case.</param>
    /// <param name="case7">A case.</param>
    /// <param name="case8">A case.</param>
    /// <returns>The index of the case that ran, or -1.</returns>
    public static int TryWait(SelectCase case1, SelectCase case2, SelectCase case3, SelectCase case4, SelectCase case5, SelectCase case6, SelectCase case7, SelectCase case8) =>
        Begin(out _).Add(case1, nameof(case1)).Add(case2, nameof(case2)).Add(case3, nameof(case3)).Add(case4, nameof(case4)).Add(case5, nameof(case5)).Add(case6, nameof(case6)).Add(case7, nameof(case7)).Add(case8, nameof(case8)).TryNow();
}

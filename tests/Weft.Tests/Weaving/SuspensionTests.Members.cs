// Members of interfaces that have a body, and what else is dispatched in a way of its own.

namespace Weft.Tests;

public sealed partial class SuspensionTests
{
    private static readonly Dictionary<string, Action> s_members = new()
    {
        ["static member of an interface"] = () => IMember.Static(1),
        ["sealed member of an interface"] = () => ((IMember)new Member()).Sealed(1),
        ["private member of an interface"] = () => ((IMember)new Member()).Shown(1),
        ["sealed member of an interface, on a box"] = () => ((IMember)new SmallMember()).Sealed(1),
        ["sealed member of an interface, through a type parameter"] = () => Sealed(new Member()),
        ["sealed member of an interface, through a type parameter for a struct"] = () => Sealed(new SmallMember()),
    };

    private static int Sealed<T>(T member) where T : IMember => member.Sealed(1);

    private interface IMember
    {
        static int Static(int n) => n + Wait();

        sealed int Sealed(int n) => n + Wait();

        sealed int Shown(int n) => Hidden(n) + 1;

        private int Hidden(int n) => n + Wait();
    }

    private class Member : IMember;

    private struct SmallMember : IMember;
}

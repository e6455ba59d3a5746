using Weft;

namespace Tour;

/// <summary>
/// The runtime's own output, for panics and dumps. It goes to the operating system and never through Console, which may be the
/// very thing that is broken; on Windows that is a function of a DLL, so it runs on the system stack with all the room it wants.
/// </summary>
internal static class LastWords
{
    public static void Show()
    {
        Print.Title("6  write");
        var text = "   these words went straight to file descriptor 1\n"u8;
        Console.Out.Flush();
        var written = WeftRuntime.Write(1, text);
        Console.WriteLine($"   Write returned {written}, having {text.Length} bytes to write; for a descriptor that is not open it returns {WeftRuntime.Write(97, text)}");
    }
}

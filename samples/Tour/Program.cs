// A walk through the scheduler, seen through the runtime's own event hook (Weft.Runtime.Trace). The names of events, the
// goroutines, threads and depths on screen are what the runtime reported while it ran; only the remarks beside them are ours.
//
//   dotnet run -c Release --project samples/Tour
//
// On screen, in order:
//   1  one goroutine's way from newproc to gfput, with a park on the way
//   2  the depth of g0 at every turn of schedule: it does not grow, though schedule, execute and gogo call each other
//   3  a recursion a million deep, on a thread whose own stack would hold a small part of it
//   4  a million goroutines parked, and what each of them costs
//   5  a goroutine that cannot leave its thread, since a plain frame stands on its stack: the others go on without it
//   6  the runtime's own write, which asks the operating system and nobody else

using System.Reflection;
using Tour;
using Weft.Runtime;

if (!Trace.Enabled)
{
    Console.Error.WriteLine("Tour: events are off; the project file should say <WeftTrace>true</WeftTrace>");
    return 1;
}

OneLife.Show();
if (Assembly.GetExecutingAssembly().GetCustomAttribute<WovenAttribute>() is not null)
{
    DepthOfG0.Show();
    DeepStack.Show();
    Million.Show();
}
else
{
    Console.WriteLine("2 to 4 are left out: unwoven, each blocked goroutine holds a thread, and a deep stack ends the process.\n");
}
Pinned.Show();
LastWords.Show();
return 0;

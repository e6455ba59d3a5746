// Weft's side of the comparison: Weft.Bench.dll WORKLOAD PROCS prints "name procs value unit alloc" lines.
// bench/README.md defines the workloads; Tasks.Bench and go/ hold the rivals, file by file under the same names.

using System.Globalization;
using System.Reflection;
using Bench.Common;
using Weft.Runtime;
using static Bench.Common.Sizes;

namespace Weft.Bench;

internal static class Program
{
    private static int Main(string[] args)
    {
        if (args.Length != 2)
        {
            Console.Error.WriteLine("usage: Weft.Bench WORKLOAD PROCS");
            return 2;
        }
        // Unwoven, every goroutine would hold a thread, and the table would blame the runtime for it.
        if (typeof(Program).Assembly.GetCustomAttribute<WovenAttribute>() is null)
        {
            Console.Error.WriteLine("Weft.Bench is not woven");
            return 2;
        }
        var name = args[0];
        WeftRuntime.MaxProcs = Report.Procs = int.Parse(args[1], CultureInfo.InvariantCulture);
        switch (name)
        {
            case "pingpong":
                Measure.Run(name, Scale.Nanoseconds, Million, () => PingPong.Run(Million), () => PingPong.Run(Million / 100));
                break;
            case "spawn":
                Measure.Run(name, Scale.Nanoseconds, Million, () => Spawn.Run(Million), () => Spawn.Run(Million / 100));
                break;
            case "yield":
                Measure.Run(name, Scale.Nanoseconds, 2 * Million, () => Yielding.Run(Million), () => Yielding.Run(Million / 100));
                break;
            case "ring":
                Measure.Run(name, Scale.Nanoseconds, Million, () => RingOf.Run(Sizes.Ring, Million), () => RingOf.Run(10, Million / 100));
                break;
            case "skynet":
                Measure.Run(name, Scale.Milliseconds, SkynetNodes, () => Skynet.Run(Million), () => Skynet.Run(1000));
                break;
            case "sieve":
                Measure.Run(name, Scale.Milliseconds, 1, () => Sieve.Run(Primes, LastPrime), () => Sieve.Run(100, 541));
                break;
            case "spsc":
                Measure.Run(name, Scale.Nanoseconds, Items, () => Pipe.Run(Items), () => Pipe.Run(Items / 400));
                break;
            case "many":
                Measure.Run(name, Scale.Nanoseconds, Million, () => ManyToMany.Run(Many, Sizes.Buffer, Million), () => ManyToMany.Run(Many, Sizes.Buffer, Million / 100));
                break;
            case "prodcons0" or "prodcons10" or "prodcons100":
                var capacity = int.Parse(name["prodcons".Length..], CultureInfo.InvariantCulture);
                Measure.Run(name, Scale.Nanoseconds, Million, () => ManyToMany.Run(Report.Procs, capacity, Million), () => ManyToMany.Run(Report.Procs, capacity, Million / 100));
                break;
            case "select4":
                Measure.Run(name, Scale.Nanoseconds, Million, () => SelectOf4.Run(Million), () => SelectOf4.Run(Million / 100));
                break;
            case "parked":
                Parked.Run(name, Million);
                break;
            case "mutex":
                Measure.Run(name, Scale.Nanoseconds, Million, () => Locks.Mutex(Million, yield: false), () => Locks.Mutex(Million / 100, yield: false));
                break;
            case "mutexheld":
                Measure.Run(name, Scale.Nanoseconds, Million, () => Locks.Mutex(Million, yield: true), () => Locks.Mutex(Million / 100, yield: true));
                break;
            case "rwmutex":
                Measure.Run(name, Scale.Nanoseconds, Million, () => Locks.RWMutex(Million, writes: 100), () => Locks.RWMutex(Million / 10, writes: 100));
                break;
            case "waitgroup":
                Measure.Run(name, Scale.Nanoseconds, Million / 10, () => Locks.Group(Million / 10), () => Locks.Group(Million / 1000));
                break;
            case "sleepers":
                Sleepers.Run(name, Million);
                break;
            case "deep":
                Measure.Run(name, Scale.Milliseconds, Million, () => Deep.Run(Million), () => Deep.Run(1000));
                break;
            case "fib":
                Measure.RunInTurns(
                    Scale.Milliseconds, 1,
                    (name, () => Fib.Run(Sizes.Fib), () => Fib.Run(20)),
                    (name + "-unwoven", () => Fib.RunUnwoven(Sizes.Fib), () => Fib.RunUnwoven(20)));
                break;
            case "calls":
                Measure.RunInTurns(Scale.Milliseconds, 1, Woven.Calls(name, CallRounds));
                break;
            case "simulation":
                Measure.RunInTurns(
                    Scale.Milliseconds, 1,
                    (name, () => Woven.Simulation(SimulationSteps), () => Woven.Simulation(1000)),
                    (name + "-unwoven", () => Woven.SimulationUnwoven(SimulationSteps), () => Woven.SimulationUnwoven(1000)));
                break;
            case "rareloop":
                Measure.RunInTurns(
                    Scale.Milliseconds, 1,
                    (name, () => Woven.Loop(LoopRounds), () => Woven.Loop(1000)),
                    (name + "-parked", () => Woven.LoopParked(LoopRounds), () => Woven.LoopParked(1000)),
                    (name + "-unwoven", () => Woven.LoopUnwoven(LoopRounds), () => Woven.LoopUnwoven(1000)));
                break;
            case "hotsplit":
                HotSplit.Run(name);
                break;
            case "foreign":
                Measure.RunInTurns(
                    Scale.Nanoseconds, ForeignCalls,
                    (name, () => Foreign.Run(ForeignCalls), () => Foreign.Run(ForeignCalls / 100)),
                    (name + "-nonblocking", () => Foreign.RunNonBlocking(ForeignCalls), () => Foreign.RunNonBlocking(ForeignCalls / 100)),
                    (name + "-suppress", () => Foreign.RunSuppressed(ForeignCalls), () => Foreign.RunSuppressed(ForeignCalls / 100)),
                    (name + "-thread", () => Foreign.RunOnThread(ForeignCalls), () => Foreign.RunOnThread(ForeignCalls / 100)),
                    (name + "-callback", () => Foreign.RunCallback(ForeignCalls), () => Foreign.RunCallback(ForeignCalls / 100)));
                break;
            case "wakeup":
                WakeUp.Run(name);
                break;
            case "fairness":
                Fairness.Run(name);
                break;
            case "syscalls":
                Syscalls.Run(name);
                break;
            default:
                Console.Error.WriteLine($"unknown workload {name}");
                return 2;
        }
        return 0;
    }
}

// Plain .NET's side of the comparison: Task, async/await and System.Threading.Channels, each as its users write it.
// Tasks.Bench.dll WORKLOAD PROCS prints "name procs value unit alloc" lines; bench/README.md defines the workloads.
// DOTNET_PROCESSOR_COUNT sets the processors; PROCS is what they must be.
//
// A workload with a suffix is a second idiom for the same work, kept because it may be the faster one.

using System.Globalization;
using Bench.Common;
using static Bench.Common.Sizes;

namespace Tasks.Bench;

internal static class Program
{
    private const string Rendezvous = "-rendezvous";

    private static async Task<int> Main(string[] args)
    {
        if (args.Length != 2)
        {
            Console.Error.WriteLine("usage: Tasks.Bench WORKLOAD PROCS");
            return 2;
        }
        var name = args[0];
        Report.Procs = int.Parse(args[1], CultureInfo.InvariantCulture);
        Report.Check(Report.Procs, Environment.ProcessorCount);
        // With one processor the pool would still add a second worker now and then.
        if (Report.Procs == 1) Report.Check(true, ThreadPool.SetMaxThreads(1, 1));
        var workload = name;
        if (name.EndsWith(Rendezvous, StringComparison.Ordinal))
        {
            Hop.Capacity = 0;
            workload = name[..^Rendezvous.Length];
        }
        switch (workload)
        {
            case "pingpong":
                await Measure.Run(name, Scale.Nanoseconds, Million, () => PingPong.Run(Million, false), () => PingPong.Run(Million / 100, false));
                break;
            case "pingpong-inline":
                await Measure.Run(name, Scale.Nanoseconds, Million, () => PingPong.Run(Million, true), () => PingPong.Run(Million / 100, true));
                break;
            case "spawn":
                await Measure.Run(name, Scale.Nanoseconds, Million, () => Spawn.Run(Million), () => Spawn.Run(Million / 100));
                break;
            case "yield":
                await Measure.Run(name, Scale.Nanoseconds, 2 * Million, () => Yielding.Run(Million), () => Yielding.Run(Million / 100));
                break;
            case "ring":
                await Measure.Run(name, Scale.Nanoseconds, Million, () => RingOf.Run(Sizes.Ring, Million), () => RingOf.Run(10, Million / 100));
                break;
            case "skynet":
                await Measure.Run(name, Scale.Milliseconds, SkynetNodes, () => Skynet.Run(Million), () => Skynet.Run(1000));
                break;
            case "skynet-tasks":
                await Measure.Run(name, Scale.Milliseconds, SkynetNodes, () => SkynetTasks.Run(Million), () => SkynetTasks.Run(1000));
                break;
            case "sieve":
                await Measure.Run(name, Scale.Milliseconds, 1, () => Sieve.Run(Primes, LastPrime), () => Sieve.Run(100, 541));
                break;
            case "spsc":
                await Measure.Run(name, Scale.Nanoseconds, Items, () => Pipe.Run(Items), () => Pipe.Run(Items / 400));
                break;
            case "many":
                await Measure.Run(name, Scale.Nanoseconds, Million, () => ManyToMany.Run(Many, Sizes.Buffer, Million), () => ManyToMany.Run(Many, Sizes.Buffer, Million / 100));
                break;
            case "prodcons0" or "prodcons10" or "prodcons100":
                var capacity = int.Parse(name["prodcons".Length..], CultureInfo.InvariantCulture);
                await Measure.Run(name, Scale.Nanoseconds, Million, () => ManyToMany.Run(Report.Procs, capacity, Million), () => ManyToMany.Run(Report.Procs, capacity, Million / 100));
                break;
            case "select4":
                await Measure.Run(name, Scale.Nanoseconds, Million, () => SelectOf4.Run(Million), () => SelectOf4.Run(Million / 100));
                break;
            case "mutex":
                await Measure.Run(name, Scale.Nanoseconds, Million, () => Locks.Mutex(Million, yield: false), () => Locks.Mutex(Million / 100, yield: false));
                break;
            case "mutexheld":
                await Measure.Run(name, Scale.Nanoseconds, Million, () => Locks.Mutex(Million, yield: true), () => Locks.Mutex(Million / 100, yield: true));
                break;
            case "waitgroup":
                await Measure.Run(name, Scale.Nanoseconds, Million / 10, () => Locks.Group(Million / 10), () => Locks.Group(Million / 1000));
                break;
            case "sleepers":
                await Sleepers.Run(name, Million);
                break;
            case "parked":
                await Parked.Run(name, Million);
                break;
            case "deep":
                await Measure.Run(name, Scale.Milliseconds, Million, () => Deep.Run(Million), () => Deep.Run(1000));
                break;
            case "deep-async":
                await Measure.Run(name, Scale.Milliseconds, Million, () => DeepAsync.Run(Million), () => DeepAsync.Run(1000));
                break;
            case "fib":
                await Measure.Run(name, Scale.Milliseconds, 1, () => Fib.Run(Sizes.Fib), () => Fib.Run(20));
                break;
            case "fib-async":
                await Measure.Run(name, Scale.Milliseconds, 1, () => Fib.RunAsync(Sizes.Fib), () => Fib.RunAsync(20));
                break;
            case "foreign":
                await Measure.Run(name, Scale.Nanoseconds, ForeignCalls, () => Foreign.Run(ForeignCalls), () => Foreign.Run(ForeignCalls / 100));
                await Measure.Run(name + "-suppress", Scale.Nanoseconds, ForeignCalls, () => Foreign.RunSuppressed(ForeignCalls), () => Foreign.RunSuppressed(ForeignCalls / 100));
                await Measure.Run(name + "-callback", Scale.Nanoseconds, ForeignCalls, () => Foreign.RunCallback(ForeignCalls), () => Foreign.RunCallback(ForeignCalls / 100));
                break;
            case "wakeup":
                await WakeUp.Run(name);
                break;
            case "syscalls":
                await Syscalls.Run(name);
                break;
            default:
                Console.Error.WriteLine($"unknown workload {name}");
                return 2;
        }
        return 0;
    }
}

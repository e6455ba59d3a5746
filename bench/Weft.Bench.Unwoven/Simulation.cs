// A simulation of devices that pass packets on: code in which nearly every line is a call, virtual, by interface, of a delegate or generic,
// and each of them does a little. Compiled twice, as Calls is; woven, each may lead to a device, a queue or a handler that blocks.

#if WOVEN
namespace Weft.Bench;
#else
namespace Weft.Bench.Unwoven;
#endif

internal struct Packet
{
    internal int Kind, Hops, Weight;
    internal uint Hash;
}

internal interface IQueue<T>
{
    int Count { get; }

    void Put(T item);

    T Take();
}

internal sealed class Ring<T> : IQueue<T>
{
    private readonly T[] _items = new T[64];
    private int _head;

    public int Count { get; private set; }

    public void Put(T item)
    {
        if (Count == _items.Length)
            throw new InvalidOperationException("full");
        _items[(_head + Count) & (_items.Length - 1)] = item;
        Count++;
    }

    public T Take()
    {
        if (Count == 0)
            throw new InvalidOperationException("empty");
        var item = _items[_head];
        _items[_head] = default!;
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        return item;
    }
}

internal abstract class Device(int id)
{
    internal readonly IQueue<Packet> Inbox = new Ring<Packet>();
    internal Device[] Targets = [];
    internal uint Seen;

    internal int Id => id;

    /// <summary>Handles one packet, if there is one; where it goes next, or null.</summary>
    internal abstract Device? Step();

    internal virtual void Accept(Packet packet)
    {
        packet.Hops++;
        packet.Hash = packet.Hash * 16777619 ^ (uint)id;
        Inbox.Put(packet);
    }
}

internal sealed class Router(int id) : Device(id)
{
    internal override Device? Step()
    {
        if (Inbox.Count == 0)
            return null;
        var packet = Inbox.Take();
        Seen += packet.Hash;
        var target = Targets[(packet.Kind + packet.Hops) % Targets.Length];
        target.Accept(packet);
        return target;
    }
}

internal sealed class Filter(int id, Func<Packet, Packet>[] handlers) : Device(id)
{
    internal override Device? Step()
    {
        if (Inbox.Count == 0)
            return null;
        var packet = handlers[Seen++ % (uint)handlers.Length](Inbox.Take());
        var target = Network.Best(Targets, packet, static (device, p) => (int)((uint)device.Inbox.Count * 31 + (p.Hash & 7)));
        target.Accept(packet);
        return target;
    }
}

#if WOVEN
internal sealed class SlowDevice(int id) : Device(id)
{
    internal override Device? Step()
    {
        Goroutine.Yield();
        return null;
    }

    internal override void Accept(Packet packet) => Goroutine.Yield();
}

internal sealed class SlowQueue<T> : IQueue<T>
{
    public int Count => 0;

    public void Put(T item) => Goroutine.Yield();

    public T Take()
    {
        Goroutine.Yield();
        return default!;
    }
}
#endif

/// <summary>See the file head.</summary>
public sealed class Network
{
    private readonly Device[] _devices;

    /// <summary>Makes eight devices and sixteen packets.</summary>
    public Network()
    {
        Func<Packet, Packet>[] handlers = [Heavier, Mixed, static p => p with { Kind = p.Kind ^ 1 }];
        _devices = [.. Enumerable.Range(0, 8).Select(i => i % 3 == 0 ? (Device)new Filter(i, handlers) : new Router(i))];
        foreach (var device in _devices)
            device.Targets = [_devices[(device.Id + 1) % 8], _devices[(device.Id + 3) % 8], _devices[(device.Id * 5 + 2) % 8]];
        for (var i = 0; i < 16; i++)
            _devices[i % 8].Accept(new Packet { Kind = i % 5, Hash = (uint)i, Weight = i });
    }

    private static Packet Heavier(Packet packet)
    {
        packet.Weight += packet.Kind;
        return packet;
    }

    private static Packet Mixed(Packet packet)
    {
        packet.Hash ^= packet.Hash >> 13;
        packet.Hash *= 0x85ebca6b;
        return packet;
    }

    internal static T Best<T, TArgument>(T[] all, TArgument argument, Func<T, TArgument, int> cost)
    {
        var best = all[0];
        var least = cost(best, argument);
        for (var i = 1; i < all.Length; i++)
        {
            var c = cost(all[i], argument);
            if (c >= least)
                continue;
            least = c;
            best = all[i];
        }
        return best;
    }

    /// <summary>So many steps; a hash of what the devices saw, the same for the same number on a new network.</summary>
    public uint Run(int steps)
    {
        var device = _devices[0];
        for (var i = 0; i < steps; i++)
            device = device.Step() ?? _devices[i & 7];
        var hash = 0u;
        foreach (var d in _devices)
            hash = hash * 31 + d.Seen;
        return hash;
    }
}

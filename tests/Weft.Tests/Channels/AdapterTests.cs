// Channels beside .NET's own streams of values, and through their two interfaces.

using System.Threading.Channels;

namespace Weft.Tests;

/// <summary>See the file head.</summary>
public sealed class ChanAdapterTests
{
    [Theory, InlineData(0), InlineData(4)]
    public async Task AsChannel_WriterAndReader_PassValuesAndTheEnd(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var channel = chan.AsChannel();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
                await channel.Writer.WriteAsync(i);
            channel.Writer.Complete();
        });
        var got = new List<int>();
        await foreach (var v in channel.Reader.ReadAllAsync())
            got.Add(v);
        await writer;
        Assert.Equal(Enumerable.Range(0, 500), got);
        await channel.Reader.Completion.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(channel.Writer.TryWrite(1));
        Assert.False(channel.Writer.TryComplete());
        Assert.False(await channel.Writer.WaitToWriteAsync());
        Assert.False(await channel.Reader.WaitToReadAsync());
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.Writer.WriteAsync(1));
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.Reader.ReadAsync());
    }

    // The usual loop of a reader meets senders of every kind: waiting does not take, so nothing is lost between the two calls.
    [Theory, InlineData(0), InlineData(4)]
    public async Task AsReader_WaitToReadThenTryRead_SeesAllValues(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var reader = chan.AsReader();
        var sender = Run(() =>
        {
            for (var i = 0; i < 300; i++)
                chan.Send(i);
            chan.Close();
        });
        var got = new List<int>();
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out var v))
                got.Add(v);
        }
        Assert.Equal(Enumerable.Range(0, 300), got);
        Bounded.Wait(sender);
        Assert.True(reader.CanCount);
        Assert.Equal(0, reader.Count);
    }

    [Theory, InlineData(0), InlineData(4)]
    public async Task AsWriter_WaitToWriteThenTryWrite_DeliversAllValues(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var writer = chan.AsWriter();
        var receiver = Run(() => chan.ToList());
        for (var i = 0; i < 300; i++)
        {
            while (!writer.TryWrite(i))
                Assert.True(await writer.WaitToWriteAsync());
        }
        writer.Complete();
        Bounded.Wait(receiver);
        Assert.Equal(Enumerable.Range(0, 300), await receiver);
    }

    [Fact]
    public async Task WaitToRead_CancelledOrLost_LeavesNothing()
    {
        var chan = new Chan<int>();
        var reader = chan.AsReader();
        using var cancel = new CancellationTokenSource();
        var waiting = reader.WaitToReadAsync(cancel.Token).AsTask();
        var other = reader.WaitToReadAsync().AsTask();
        Assert.Equal(2, Waiters.Of(chan));
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1, Waiters.Of(chan));
        // One that only tries does not meet a watcher: nothing is taken from it.
        Assert.False(chan.TrySend(1));
        await other;
        Assert.Equal(0, Waiters.Of(chan));
        Assert.True(reader.WaitToReadAsync(new CancellationToken(true)).IsCanceled);
    }

    [Fact]
    public async Task Complete_WithAnError_ReachesReadersAfterTheValues()
    {
        var channel = new Chan<int>(2).AsChannel();
        await channel.Writer.WriteAsync(1);
        channel.Writer.Complete(new InvalidTimeZoneException());
        Assert.False(channel.Reader.Completion.IsCompleted);
        Assert.Equal(1, await channel.Reader.ReadAsync());
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => channel.Reader.Completion.WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await channel.Reader.WaitToReadAsync());
        Assert.IsType<InvalidTimeZoneException>((await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.Reader.ReadAsync())).InnerException);
    }

    [Fact]
    public async Task ToChan_OfAChannelReaderAndWriter_CopiesAndCloses()
    {
        var source = Channel.CreateUnbounded<int>();
        var target = Channel.CreateUnbounded<int>();
        var from = source.Reader.ToChan();
        var to = target.Writer.ToChan();
        var copy = Run(() =>
        {
            foreach (var v in from)
                to.Send(v * 2);
            to.Close();
        });
        for (var i = 0; i < 100; i++)
            source.Writer.TryWrite(i);
        source.Writer.Complete();
        Bounded.Wait(copy);
        var got = new List<int>();
        await foreach (var v in target.Reader.ReadAllAsync())
            got.Add(v);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 2), got);
    }

    private static async IAsyncEnumerable<int> Numbers(int n, Exception? fails = null)
    {
        for (var i = 0; i < n; i++)
        {
            await Task.Yield();
            yield return i;
        }
        if (fails is not null)
            throw fails;
    }

    [Fact]
    public async Task ToChan_OfAnAsyncEnumerable_CopiesAndCloses()
    {
        Assert.Equal(Enumerable.Range(0, 100), Bounded.OnGoroutine(() => Numbers(100).ToChan(3).ToList()));
        // A source that fails: the values, the end, and the exception in the task of the copying.
        var chan = new Chan<int>(10);
        var copy = Numbers(3, new InvalidTimeZoneException()).CopyToAsync(chan);
        Assert.Equal([0, 1, 2], Bounded.OnGoroutine(() => chan.ToList()));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => copy);
        // A token ends it, and closes the channel.
        using var cancel = new CancellationTokenSource();
        var endless = Numbers(int.MaxValue).ToChan(0, cancel.Token);
        Assert.Equal(0, Bounded.OnGoroutine(() => endless.Receive()));
        cancel.Cancel();
        Bounded.OnGoroutine(() =>
        {
            foreach (var _ in endless)
            {
            }
        });
    }

    private sealed class Subject : IObservable<int>
    {
        internal IObserver<int>? Observer;

        public IDisposable Subscribe(IObserver<int> observer)
        {
            Observer = observer;
            return new Gone(this);
        }

        private sealed class Gone(Subject of) : IDisposable
        {
            public void Dispose() => of.Observer = null;
        }
    }

    private sealed class Collector : IObserver<int>
    {
        internal readonly List<int> Values = [];
        internal readonly TaskCompletionSource Done = new();

        public void OnNext(int value)
        {
            lock (Values)
                Values.Add(value);
        }

        public void OnCompleted() => Done.TrySetResult();

        public void OnError(Exception error) => Done.TrySetException(error);
    }

    [Fact]
    public void ToChan_OfAnObservable_HoldsTheSourceUp()
    {
        var subject = new Subject();
        var chan = subject.ToChan();
        var pushing = Bounded.OnThread(() =>
        {
            for (var i = 0; i < 50; i++)
                subject.Observer!.OnNext(i);
            subject.Observer!.OnCompleted();
        });
        Assert.Equal(Enumerable.Range(0, 50), Bounded.OnGoroutine(() => chan.ToList()));
        Bounded.Wait(pushing);
        Assert.Null(subject.Observer);

        // The token ends the subscription and closes the channel, also while the source is held up.
        using var cancel = new CancellationTokenSource();
        var held = subject.ToChan(0, cancel.Token);
        var blocked = Bounded.OnThread(() => subject.Observer!.OnNext(1));
        Bounded.Until(() => Waiters.Of(held) == 1, "the source is held up");
        cancel.Cancel();
        Bounded.Wait(blocked);
        Assert.Equal((0, false), Bounded.OnGoroutine(() => held.ReceiveOk()));
        Assert.Null(subject.Observer);
    }

    [Fact]
    public void AsObservable_Subscribers_ShareTheValues()
    {
        var chan = new Chan<int>();
        Collector a = new(), b = new(), left = new();
        chan.AsObservable().Subscribe(left).Dispose();
        using var first = chan.AsObservable().Subscribe(a);
        using var second = chan.AsObservable().Subscribe(b);
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 100; i++)
                chan.Send(i);
            chan.Close();
        });
        Bounded.Wait([a.Done.Task, b.Done.Task]);
        Assert.Equal(Enumerable.Range(0, 100), a.Values.Concat(b.Values).Concat(left.Values).Order());
    }

    // Through its interfaces a channel parks goroutines as it does itself: many wait, few threads.
    [Fact]
    public void Interfaces_ManyGoroutinesWait_TheyHoldNoThreads()
    {
        Weaving.Required();
        const int N = 500;
        ISendChan<int> send = new Chan<int>();
        var receive = (IReceiveChan<int>)send;
        using var cancel = new CancellationTokenSource();
        var before = sched.mcount;
        var all = new WaitGroup();
        var sum = 0;
        for (var i = 0; i < N; i++)
        {
            var mine = i;
            all.Go(() => Interlocked.Add(ref sum, (mine % 4) switch
            {
                0 => receive.Receive(),
                1 => receive.Receive(cancel.Token),
                2 => receive.ReceiveOk().Value,
                _ => receive.First(),
            }));
        }
        Bounded.Until(() => Waiters.Of((Hchan)send) == N, "all wait");
        Assert.InRange(sched.mcount - before, 0, N / 4 + 60); // First is not woven: those hold theirs
        Bounded.OnGoroutine(() =>
        {
            for (var i = 1; i <= N; i++)
            {
                if (i % 2 == 0)
                    send.Send(i);
                else
                    send.Send(i, cancel.Token);
            }
        });
        Bounded.Wait(Run(all.Wait));
        Assert.Equal(N * (N + 1) / 2, sum);
    }
}

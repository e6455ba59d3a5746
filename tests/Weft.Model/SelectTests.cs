using static Weft.Model.Models;

namespace Weft.Model;

/// <summary>Select: one case of many wins, whoever comes.</summary>
public sealed class SelectTests
{
    private static int s_transfers;

    // Property: two selects that could serve each other on either of two channels make one transfer. Bad schedule: each is claimed by the
    // other, or each has claimed itself and waits.
    private static readonly Scenario s_crossed = Scenario("two selects on two channels", procs: 2, () =>
    {
        s_transfers = 0;
        var (a, b) = (new Chan<int>(), new Chan<int>());
        var wg = new WaitGroup();
        wg.Go(() =>
        {
            if (Select.Wait(a.OnSend(1), b.OnReceive()) == 0)
                s_transfers += 1;
        });
        wg.Go(() =>
        {
            if (Select.Wait(a.OnReceive(), b.OnSend(2)) == 1)
                s_transfers += 1;
        });
        wg.Wait();
    }, () => That(s_transfers == 1, $"{s_transfers} sends"));

    [Fact]
    public void Wait_TwoSelectsCrossed_OneTransfer() => Holds(s_crossed);

    private static int s_sum;

    // Property: a select that is parked on two channels takes one value; the other sender's is still there. Bad schedule: both senders claim it.
    private static readonly Scenario s_senders = Scenario("a select and a sender on each of its channels", procs: 2, () =>
    {
        s_sum = 0;
        var (a, b) = (new Chan<int>(), new Chan<int>());
        Thread("sender", () => a.Send(1));
        Go(() => b.Send(2));
        var (first, second) = (a.OnReceive(), b.OnReceive());
        if (Select.Wait(first, second) == 0)
            s_sum = first.Value + b.Receive();
        else
            s_sum = second.Value + a.Receive();
    }, () => That(s_sum == 3, $"the values received make {s_sum}"));

    [Fact]
    public void Wait_TwoSenders_TakesOneValueEach() => Holds(s_senders);

    [Fact]
    public void Wait_TwoSenders_FindsAWeakenedClaim() => Finds(s_senders, "Selection.TryWin CompareExchange _decided");

    // Property: a close and a send, one of which wins; the loser's channel is left as it should be.
    private static readonly Scenario s_close = Scenario("a select, a close and a send", procs: 2, () =>
    {
        var (a, b) = (new Chan<int>(), new Chan<int>());
        Thread("closer", () => a.Close());
        Go(() => b.Send(2));
        var (first, second) = (a.OnReceive(), b.OnReceive());
        var fired = Select.Wait(first, second);
        That(fired == 0 ? !first.Ok : second.Value == 2, "neither the close nor the value");
        if (fired == 0)
            That(b.Receive() == 2, "the value is lost");
        else
            That(!a.ReceiveOk().Ok, "the close is lost");
    });

    [Fact]
    public void Wait_CloseAgainstSend_OneWins() => Holds(s_close);

    // Property: a token ends the wait that it was given to, and no later one. Bad schedule: the callback has begun when a sender decides the
    // first select, and goes on when the second one waits, with another token.
    private static readonly Scenario s_late = Scenario("a token that comes late, and the next select", procs: 1, () =>
    {
        var (a, b) = (new Chan<int>(), new Chan<int>());
        var first = new CancellationTokenSource();
        var second = new CancellationTokenSource();
        Thread("canceller", () =>
        {
            first.Cancel();
            b.Send(2);
        });
        Go(() => a.TrySend(1));
        try
        {
            Select.Wait([a.OnReceive()], first.Token);
        }
        catch (OperationCanceledException)
        {
        }
        var received = b.OnReceive();
        var fired = Select.Wait([received], second.Token);
        That(fired == 0 && received.Value == 2, $"case {fired} of 1, value {received.Value}");
    });

    [Fact]
    public void Wait_TokenOfAnEarlierSelect_DoesNotDecide() => Holds(s_late);
}

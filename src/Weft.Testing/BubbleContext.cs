// BubbleContext: where async code goes on that was begun in a bubble: in goroutines of the bubble. On the thread pool it would be outside.

namespace Weft.Testing;

[NotWoven]
internal sealed class BubbleContext(BubbleCore bubble) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => Proc.newprocIn(bubble, () => Call(d, state), M.Current);

    public override void Send(SendOrPostCallback d, object? state) => Call(d, state);

    public override SynchronizationContext CreateCopy() => this;

    // A plain frame: while it is on the stack the goroutine keeps its thread, and the thread its context.
    private void Call(SendOrPostCallback d, object? state)
    {
        SetSynchronizationContext(this);
        try
        {
            d(state);
        }
        finally
        {
            SetSynchronizationContext(null);
        }
    }
}

// Why a goroutine is parked; shown in dumps with Go's words. One reason for each call site of gopark.

namespace Weft.Runtime;

internal enum WaitReason : byte
{
    None,
    ChanReceive,
    ChanReceiveNil,
    ChanSend,
    ChanSendNil,
    Sleep,
    WaitGroupWait,
    TaskWait,
    SemaphoreWait,
    Select,
    SelectNoCases,
    MutexLock,
    RWMutexRLock,
    RWMutexLock,
    CondWait,
    HandleWait,

    // In a bubble (SynctestBubble.cs), for what belongs to it.
    ChanReceiveDurable,
    ChanSendDurable,
    SelectDurable,
    WaitGroupWaitDurable,
    TaskWaitDurable,
    LimitedDurable,
    SynctestWait,
}

internal static class WaitReasons
{
    internal static string Text(this WaitReason reason) => reason switch
    {
        WaitReason.ChanReceive => "chan receive",
        WaitReason.ChanReceiveNil => "chan receive (nil chan)",
        WaitReason.ChanSend => "chan send",
        WaitReason.ChanSendNil => "chan send (nil chan)",
        WaitReason.Sleep => "sleep",
        WaitReason.WaitGroupWait => "sync.WaitGroup.Wait",
        WaitReason.TaskWait => "task wait",
        WaitReason.SemaphoreWait => "semaphore wait",
        WaitReason.Select => "select",
        WaitReason.SelectNoCases => "select (no cases)",
        WaitReason.MutexLock => "sync.Mutex.Lock",
        WaitReason.RWMutexRLock => "sync.RWMutex.RLock",
        WaitReason.RWMutexLock => "sync.RWMutex.Lock",
        WaitReason.CondWait => "sync.Cond.Wait",
        WaitReason.HandleWait => "event wait",
        WaitReason.ChanReceiveDurable => "chan receive (durable)",
        WaitReason.ChanSendDurable => "chan send (durable)",
        WaitReason.SelectDurable => "select (durable)",
        WaitReason.WaitGroupWaitDurable => "sync.WaitGroup.Wait (durable)",
        WaitReason.TaskWaitDurable => "task wait (durable)",
        WaitReason.LimitedDurable => "wait with a limit of time (durable)",
        WaitReason.SynctestWait => "synctest.Wait",
        _ => "unknown wait reason",
    };

    /// <summary>In a bubble: only the bubble's goroutines and its clock can end such a wait. A token does not count, as if it were the bubble's.</summary>
    internal static bool IsDurable(this WaitReason reason) => reason is
        WaitReason.ChanReceiveNil or WaitReason.ChanSendNil or WaitReason.SelectNoCases or WaitReason.Sleep or WaitReason.CondWait or
        WaitReason.SemaphoreWait or >= WaitReason.ChanReceiveDurable;
}

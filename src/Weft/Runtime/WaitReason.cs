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
        _ => "unknown wait reason",
    };
}

using Bench.Common;

namespace Weft.Bench;

/// <summary>Two goroutines with one ball: who has it counts up to a limit and passes it on.</summary>
internal sealed class Pair(int limit) : Party
{
    private readonly Chan<bool> _ball = new();

    public void Start(WaitGroup group)
    {
        group.Go(Play);
        group.Go(Play);
        group.Go(() => _ball.Send(true));
    }

    private void Play()
    {
        foreach (var ball in _ball)
        {
            for (var i = 0; i < limit; i++) Count++;
            if (Stop)
            {
                _ball.Close(); // the other one waits for the ball
                return;
            }
            _ball.Send(ball);
        }
    }
}

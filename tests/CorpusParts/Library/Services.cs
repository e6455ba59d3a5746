namespace Parts;

/// <summary>Suspends in a member of an interface of .NET: who is woven against this assembly is told so.</summary>
public class Services : IServiceProvider
{
    public virtual object? GetService(Type serviceType) => Wait.For(serviceType.Name);
}

public sealed class MoreServices(IServiceProvider inner) : Services
{
    public override object? GetService(Type serviceType) => serviceType == typeof(int) ? base.GetService(serviceType) : inner.GetService(serviceType);
}

/// <summary>Where it waits is another's business.</summary>
public sealed class Framed(Stream inner) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => inner.Length;

    public override long Position { get => inner.Position; set => inner.Position = value; }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, 2));

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    public override void Write(byte[] buffer, int offset, int count)
    {
        inner.WriteByte((byte)'<');
        inner.Write(buffer, offset, count);
        inner.WriteByte((byte)'>');
    }
}

namespace Weft.Weaver.Analysis;

/// <summary>
/// Types of .NET whose members are there to wait in: calls of them are suspension points in a library, whether it knows of an override that suspends
/// or not. A program knows: of its own, and of those that woven references name by [MaySuspend].
/// </summary>
internal static class OpenTypes
{
    public static readonly string[] OfDotNet =
    [
        "System.IO.Stream",
        "System.IO.TextReader",
        "System.IO.TextWriter",
        "System.IObservable`1",
        "System.IObserver`1",
        "System.IProgress`1",
        "System.Net.Http.HttpMessageHandler",
        "System.Data.IDataReader",
        "System.Data.IDbCommand",
        "System.Data.IDbConnection",
        "System.Data.IDbTransaction",
        "System.Data.Common.DbCommand",
        "System.Data.Common.DbConnection",
        "System.Data.Common.DbDataReader",
        "System.Data.Common.DbTransaction",
    ];
}

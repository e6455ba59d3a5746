// Counts the words of a folder's text files, each file read by a goroutine of its own.
//
//   dotnet run -c Release --project samples/WordCount -- [folder] [--sequential]
//
// On screen: the twenty most frequent words, the files, bytes and words there were, a fingerprint over all counts, then the
// goroutines started, the most alive at once, and the time. Without a folder: the repository that holds the current
// directory. With --sequential one thread does it all, by code that shares nothing but Text.cs; everything above the line of
// goroutines must come out the same.

using System.Diagnostics;
using WordCount;

var sequential = args.Contains("--sequential");
var folder = args.FirstOrDefault(a => !a.StartsWith('-')) ?? Folders.Repository();
if (!Directory.Exists(folder))
{
    Console.Error.WriteLine($"WordCount: there is no folder {folder}");
    return 1;
}

var clock = Stopwatch.StartNew();
var pipeline = new Pipeline();
var result = sequential ? Sequential.Count(folder) : pipeline.Count(folder);
clock.Stop();

foreach (var (word, count) in result.Words.OrderByDescending(w => w.Value).ThenBy(w => w.Key, StringComparer.Ordinal).Take(20))
    Console.WriteLine($"{count,9}  {word}");
Console.WriteLine();
Console.WriteLine($"files        {result.Files}");
Console.WriteLine($"bytes        {result.Bytes}");
Console.WriteLine($"words        {result.Words.Values.Sum()}, {result.Words.Count} different");
Console.WriteLine($"fingerprint  {result.Fingerprint():x16}");
if (!sequential)
    Console.WriteLine($"goroutines   {pipeline.Started} started, at most {pipeline.MostAlive} alive at once");
Console.WriteLine($"time         {clock.ElapsedMilliseconds} ms");
return 0;

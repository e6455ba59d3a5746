// The same counts by one thread and a stack of folders, without goroutines or channels: what the pipeline is checked against.

namespace WordCount;

/// <summary>Counts a folder on one thread.</summary>
internal static class Sequential
{
    public static Result Count(string folder)
    {
        var result = new Result();
        var folders = new Stack<DirectoryInfo>();
        folders.Push(new DirectoryInfo(folder));
        while (folders.TryPop(out var next))
        {
            foreach (var entry in Entries(next))
            {
                if (entry.LinkTarget is not null)
                    continue;
                if (entry is DirectoryInfo inner)
                {
                    if (!Text.IsSkippedFolder(inner.Name))
                        folders.Push(inner);
                }
                else
                {
                    CountFile((FileInfo)entry, result);
                }
            }
        }
        return result;
    }

    private static FileSystemInfo[] Entries(DirectoryInfo folder)
    {
        try
        {
            return folder.GetFileSystemInfos();
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static void CountFile(FileInfo file, Result result)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
        if (Text.IsBinary(content))
            return;
        result.Files++;
        result.Bytes += content.Length;
        Text.CountWords(content, result.Words);
    }
}

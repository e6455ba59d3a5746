namespace WordCount;

/// <summary>Where to look when nobody says.</summary>
internal static class Folders
{
    /// <summary>The root of the repository around the current directory, or that directory itself.</summary>
    public static string Repository()
    {
        var current = Directory.GetCurrentDirectory();
        for (var folder = current; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            // In a worktree .git is a file.
            var mark = Path.Combine(folder, ".git");
            if (Directory.Exists(mark) || File.Exists(mark))
                return folder;
        }
        return current;
    }
}

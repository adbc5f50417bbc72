namespace Governance.Journal.Sqlite;

/// <summary>A path without symbolic links, of which there is one for each place: two names of one folder or file come to the same.</summary>
static class RealPath
{
    /// <summary>As many as the kernel follows.</summary>
    const int MaxLinks = 40;

    /// <summary>What is missing at the end is taken as it is written. Throws <see cref="IOException"/> where links lead in a circle.</summary>
    public static string Of(string path) => Resolve(Path.GetFullPath(path), 0);

    static string Resolve(string path, int links)
    {
        var resolved = Path.GetPathRoot(path)!;
        foreach (var part in path[resolved.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            FileSystemInfo here = Directory.Exists(resolved) ? new DirectoryInfo(resolved) : new FileInfo(resolved);
            if (here.LinkTarget is { } target)
            {
                resolved = links < MaxLinks
                    ? Resolve(Path.GetFullPath(target, Path.GetDirectoryName(resolved)!), links + 1)
                    : throw new IOException($"{path} leads through more than {MaxLinks} symbolic links.");
            }
        }
        return resolved;
    }
}

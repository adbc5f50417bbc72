using Governance.Journal;

namespace Governance.Tests;

/// <summary>A SQLite file with this version's tables and nothing in them, made once and copied: a copy costs a hundredth of making it anew. Tests of a first start begin without a file.</summary>
static class MigratedFile
{
    static readonly Lazy<string> s_template = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("governance-migrated-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        var file = Path.Combine(folder.FullName, "governance.db");
        Database.Take(new JournalSettings($"Data Source={file}")).Dispose();
        return file;
    });

    /// <summary>Puts a copy there; whatever lies there already stays.</summary>
    public static void CopyTo(string path)
    {
        if (!File.Exists(path))
        {
            File.Copy(s_template.Value, path);
        }
    }
}

using System.Xml.Linq;
using Governance.Journal;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace Governance.Projects.KeyRing;

/// <summary>The ring in the database, so that every instance has it without sharing a folder.</summary>
sealed class KeyRingTable(JournalSettings journal) : IXmlRepository
{
    readonly Func<GovernanceDb> open = StoreContext.On(journal.SignInConnectionString, journal.IsShared);

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var db = open();
        return [.. db.KeyRing.AsNoTracking().OrderBy(row => row.Name).Select(row => row.Xml).AsEnumerable().Select(xml => XElement.Parse(xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var db = open();
        db.KeyRing.Add(new KeyRingRow { Name = friendlyName, Xml = Text(element) });
        db.SaveChanges();
    }

    /// <summary>Takes in what the files of an earlier version have and the table lacks, so that nobody is signed out; answers how many. Instances may do it at once.</summary>
    public int Import(DirectoryInfo files)
    {
        if (!files.Exists)
        {
            return 0;
        }
        using var db = open();
        return files.GetFiles("*.xml").Sum(file => db.Database.ExecuteSql(
            $"INSERT INTO key_ring (name, xml) VALUES ({Path.GetFileNameWithoutExtension(file.Name)}, {File.ReadAllText(file.FullName)}) ON CONFLICT DO NOTHING"));
    }

    /// <summary>Rewrites every key that <paramref name="change"/> makes another of.</summary>
    public void Rewrite(Func<XElement, bool> change)
    {
        using var db = open();
        foreach (var row in db.KeyRing.ToList())
        {
            var element = XElement.Parse(row.Xml);
            if (change(element))
            {
                row.Xml = Text(element);
            }
        }
        db.SaveChanges();
    }

    /// <summary>Writes every key into a file of the folder and takes it out. False where there is none.</summary>
    public bool MoveTo(string folder)
    {
        using var db = open();
        var rows = db.KeyRing.ToList();
        if (rows.Count == 0)
        {
            return false;
        }
        OwnerOnly.CreateFolder(folder);
        foreach (var row in rows)
        {
            OwnerOnly.WriteAllText(Path.Combine(folder, Path.GetFileName(row.Name) + ".xml"), row.Xml);
        }
        db.KeyRing.RemoveRange(rows);
        db.SaveChanges();
        return true;
    }

    static string Text(XElement element) => element.ToString(SaveOptions.DisableFormatting);
}

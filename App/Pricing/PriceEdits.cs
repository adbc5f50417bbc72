using Governance.Audit;
using Governance.Journal;
using Governance.Revisions;

namespace Governance.Pricing;

/// <summary>Edits of the workspace's own prices.</summary>
sealed class PriceEdits(JournalWriter journal)
{
    public Task<bool> SaveAsync(PriceOverlay wanted, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, actor));

    public Task<bool> RemoveAsync(PriceOverlay price, Actor actor) => journal.ChangeAsync(change => RemoveInChange(change, price, actor));

    public static bool SaveInChange(Change change, PriceOverlay wanted, Actor actor)
    {
        var id = PriceRow.IdOf(wanted);
        var known = change.Db.Prices.Find(id) is not null;
        return change.Save(change.Db.Prices, id, wanted, AuditEvent.OfSystem(actor, known ? "price.changed" : "price.created", "price", id, $"The price of {wanted.Model} ({wanted.Vendor}) was {(known ? "changed" : "entered")}."));
    }

    public static bool RemoveInChange(Change change, PriceOverlay price, Actor actor)
    {
        var id = PriceRow.IdOf(price);
        if (change.Db.Prices.Find(id) is not { } row)
        {
            return false;
        }
        change.Db.Prices.Remove(row);
        change.Append(AuditEvent.OfSystem(actor, "price.removed", "price", id, $"The price of {price.Model} ({price.Vendor}) was removed.") with { Before = AuditJson.Element(row.Definition) });
        return true;
    }
}

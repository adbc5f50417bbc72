using Governance.Alerts;
using Governance.Integrity;
using Governance.Integrity.Fences;
using Governance.Ledger.Fences;
using Governance.Tests.Ledger;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Governance.Tests.Integrity.Checks;

/// <summary>A database with something of everything, made once: two projects, three budgets, refusals, crossed thresholds, a warning in the outbox, corrections of late settlements, an open hold.</summary>
public abstract class SpentDatabase(Store store) : IAsyncLifetime
{
    public Store Store => store;

    public string Connection { get; private set; } = "";

    /// <summary>A database that is not there.</summary>
    public abstract string Nowhere { get; }

    public async Task InitializeAsync()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "20") with { AlertEmail = "lisa@example.com" });
        await rig.SaveAsync(LedgerRig.Budget("search-month", "50", "search"));
        await rig.SaveAsync(LedgerRig.Budget("all-month", "100", project: null));
        await Task.WhenAll(Enumerable.Range(1, 6).Select(i => rig.SpendAsync(i / 2m, i % 2 == 0 ? "chat-widget" : "search")));
        await rig.SpendAsync(11.25m);
        await rig.CorrectAsync(0.25m, "search");
        await rig.CorrectAsync(0.5m, "search");
        await rig.SpendAsync(30m);
        await rig.Get<Reconciliation>().RunAsync(Governance.Audit.Actor.System);
        await rig.HoldAsync(rig.Call(0.5m, "search"));
        await rig.Get<Governance.Journal.JournalWriter>().ChangeAsync(change => FenceTable.Raise(change.Transaction, "a test.", null, Governance.Audit.Actor.System));
        await rig.Get<FenceLifting>().LiftAsync([], "acme", Governance.Audit.Actor.System, () => rig.Call(1m).Id);
        await rig.Get<AlertReader>().PassAsync(CancellationToken.None);
        Connection = Keep(rig.Settings.ReadConnectionString);
    }

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>A copy on which <paramref name="damage"/> was done, in SQLite's words, by somebody who put the triggers out of the way first.</summary>
    public abstract string Copy(string damage);

    /// <summary>Keeps what is there while the ledger is still open.</summary>
    protected abstract string Keep(string connection);
}

public sealed class SpentFile() : SpentDatabase(Store.Sqlite)
{
    readonly string folder = System.IO.Directory.CreateTempSubdirectory("governance-verify-").FullName;

    public string File => Path.Combine(folder, "spent.db");

    public override string Nowhere => $"Data Source={Path.Combine(folder, "none.db")}";

    public override Task DisposeAsync()
    {
        System.IO.Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    public override string Copy(string damage)
    {
        var copy = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".db");
        System.IO.File.Copy(File, copy);
        var triggers = string.Concat(((string[])["audit", "usage", "corrections", "threshold_claims"]).Select(table => $"DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete; "));
        LedgerRig.Execute($"Data Source={copy};Pooling=false", triggers + damage);
        return $"Data Source={copy}";
    }

    protected override string Keep(string connection)
    {
        using var from = new SqliteConnection(connection);
        using var to = new SqliteConnection($"Data Source={File};Pooling=false");
        from.Open();
        to.Open();
        from.BackupDatabase(to);
        return $"Data Source={File}";
    }
}

public sealed class SpentServer() : SpentDatabase(Store.Postgres)
{
    public override string Nowhere => new NpgsqlConnectionStringBuilder(Connection) { Database = "none" }.ConnectionString;

    public override string Copy(string damage)
    {
        var copy = PostgresServer.Shared.Copy(Connection);
        var triggers = string.Concat(((string[])["audit", "usage", "corrections", "threshold_claims"]).Select(table => $"ALTER TABLE {table} DISABLE TRIGGER ALL; "));
        var words = damage
            .Replace("CAST(replace(body, '\"at\"', '\"at\" ') AS BLOB)", "convert_to(replace(convert_from(body, 'UTF8'), '\"at\"', '\"at\" '), 'UTF8')", StringComparison.Ordinal)
            .Replace("zeroblob(32)", "decode(repeat('00', 32), 'hex')", StringComparison.Ordinal)
            .Replace("json_set(definition, '$.cap', '0.00')", "jsonb_set(definition::jsonb, '{cap}', '\"0.00\"')::text", StringComparison.Ordinal)
            .Replace("json_set(definition, '$.cap', '10.00')", "jsonb_set(definition::jsonb, '{cap}', '\"10.00\"')::text", StringComparison.Ordinal)
            .Replace("json_set(definition, '$.cap', '5000.00')", "jsonb_set(definition::jsonb, '{cap}', '\"5000.00\"')::text", StringComparison.Ordinal);
        LedgerRig.Execute(copy, triggers + words);
        return copy;
    }

    protected override string Keep(string connection) => PostgresServer.Shared.Copy(connection);
}

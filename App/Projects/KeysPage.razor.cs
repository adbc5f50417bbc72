using Governance.Journal;
using Governance.Members;
using Governance.Shell.Controls;
using Microsoft.AspNetCore.Components;

namespace Governance.Projects;

/// <summary>The keys: who has which, what it is used for, and the ways to shut it.</summary>
public sealed partial class KeysPage
{
    IReadOnlyDictionary<string, KeyUse>? use;
    IDisposable? subscription;
    ConfirmDialog? dialog;
    (string Id, string Secret)? made;
    string leaving = "";
    bool useFailed;

    /// <summary>Opens the form at once, so that other pages can link to it.</summary>
    [SupplyParameterFromQuery(Name = "new")] string? Asked { get; set; }

    bool New { get; set; }

    /// <summary>What still opens first, then the newest first.</summary>
    List<DirectoryKey> Lines => [.. Shelf.Current.Keys.Values.OrderBy(key => key.Definition.Revoked).ThenByDescending(key => key.CreatedAt).ThenBy(key => key.Definition.Id, StringComparer.Ordinal)];

    protected override Task OnInitializedAsync()
    {
        New = Asked is not null;
        return base.OnInitializedAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            subscription = Feed.Subscribe(() => InvokeAsync(StateHasChanged), TimeSpan.FromSeconds(2));
            await ReadUseAsync();
            StateHasChanged();
        }
    }

    public void Dispose() => subscription?.Dispose();

    async Task ReadUseAsync()
    {
        try
        {
            use = await Uses.ReadAsync();
            useFailed = false;
        }
        catch (Exception exception) when (StoreFailure.IsUnread(exception))
        {
            useFailed = true;
        }
    }

    KeyStanding Standing(KeyDefinition key) => KeyStandings.Of(
        key, Shelf.Current.Projects.GetValueOrDefault(key.Project)?.Stopped == true, Shelf.Current.Workspace.Stopped, Clock.GetUtcNow());

    static StatusKind Look(KeyStanding standing) => standing switch
    {
        KeyStanding.Active => StatusKind.Approved,
        KeyStanding.Revoked or KeyStanding.Expired => StatusKind.Neutral,
        _ => StatusKind.Warned,
    };

    void Created((string Id, string Secret) key)
    {
        (made, New) = (key, false);
        Failed = null;
    }

    Task<bool> StopAsync(string id, bool stop) => ActAsync(Permission.EditKeys, async session =>
        await SaveAsync(id, session, key => key with { Stopped = stop })
            ? stop ? $"{id} is stopped: its calls are refused until it is started again." : $"{id} is started again."
            : null);

    async Task AskRevokeAsync(string id)
    {
        leaving = id;
        await ReadUseAsync();
        StateHasChanged();
        await dialog!.OpenAsync();
    }

    Task<bool> RevokeAsync() => ActAsync(Permission.EditKeys, async session =>
        await SaveAsync(leaving, session, key => key with { Revoked = true }) ? $"{leaving} is revoked." : null);

    Task<bool> SaveAsync(string id, CurrentMember.Session session, Func<KeyDefinition, KeyDefinition> edit) => Shelf.Current.Keys.TryGetValue(id, out var key)
        ? Edits.SaveAsync(edit(key.Definition), session.Actor)
        : throw new RefusedException($"There is no key {id} any more.");
}

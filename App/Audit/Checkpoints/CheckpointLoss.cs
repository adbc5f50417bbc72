namespace Governance.Audit.Checkpoints;

/// <summary>Says what of the signed checkpoints was gone where the trail tells that there were some: they lie outside the database, so nothing else would miss them.</summary>
static class CheckpointLoss
{
    /// <param name="isFirst">The trail knows of no key yet, so there is nothing to miss.</param>
    public static string? Sentence(CheckpointSettings settings, bool hadKey, bool hadCheckpoints, bool isFirst) => (isFirst, hadKey, hadCheckpoints) switch
    {
        (true, _, _) or (_, true, true) => null,
        (_, true, false) => $"No checkpoint lies in {settings.Folder} (Governance:Audit:Checkpoints:Folder), but the trail tells that some were signed. They begin anew; {Restore}",
        (_, false, true) => $"The key that signed checkpoints is not in {settings.KeyFile} (Governance:Audit:Checkpoints:KeyFile). Another one was made and signs from now on: give verifiers both (App audit public-key).",
        _ => $"Neither checkpoints nor the key that signed them lie in {settings.Folder} and {settings.KeyFile} (Governance:Audit:Checkpoints), but the trail tells of them. Both begin anew; {Restore}",
    };

    const string Restore = "what was before is proven only by copies that lie elsewhere. Where the folder was lost, stop Governance and put its copy back.";
}

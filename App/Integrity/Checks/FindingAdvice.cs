namespace Governance.Integrity.Checks;

/// <summary>What a person should do about findings of a kind.</summary>
[Pure]
static class FindingAdvice
{
    public static string Of(string invariant, FindingSeverity severity) => severity is FindingSeverity.Note
        ? invariant switch
        {
            VerificationCheckpoints.Invariant => "New events are covered by the next checkpoint, within a minute. A rewound trail is explained by the epoch that is named: make sure that somebody restored a backup then, because who reads the checkpoints and writes to the database can begin an epoch too.",
            "I6" => "Ask the process that holds it: it knows how much time has passed.",
            "I12" => "Look at what these events say, and when: a clock was wrong when one of two was written, or somebody wrote an event with an earlier instant than its own. What a later checkpoint has signed was written before that checkpoint.",
            _ => "Nothing to do: the trail says why. It is listed so that it is known.",
        }
        : invariant switch
        {
            "I1" => "More was spent than the cap allows, and nothing on record explains it. Look at the budget's calls and changes in the period; then raise the cap or wait for the next period.",
            "I2" => "A balance is not what the ledger comes to. Run the reconciliation (Operations): it puts the balance right and tells the trail by how much.",
            "I3" or "I6" => "A hold is not as a call leaves it. A hold that only outlived its time ends within a minute by itself; else restart the process, which resolves what is open. One whose call cannot be read was damaged in the database: it is held by every budget until its period ends, because nobody can say whose it is; restore a backup (App restore) where that is in the way.",
            "I11" => "Something counts as nothing that may have cost something. Compare the calls with the provider's own usage, and enter the difference.",
            "I12" or "seal" or "fence" or VerificationCheckpoints.Invariant => "Rows that are only ever added were changed, or are missing. Keep a copy of the file, restore a backup from before (App restore), and find out who had the file in hands.",
            VerificationDefinitions.Invariant => "A budget, a rule, a key or the like was changed in the database and not by the product. Set it to what it should be (an edit tells the trail), and find out who had the database in hands.",
            "I14" => "A warning may be sent twice or not at all. Look at the mails (Operations).",
            _ => "Keep a copy of the database and look at the rows that are named.",
        };
}

namespace Governance.Alerts;

/// <summary>A mail to be sent, or sent. One row for each notice and address; its message id is made from the event that it tells of, so that it exists once.</summary>
sealed class MailRow
{
    public long Id { get; init; }
    /// <summary>The Message-ID header, the same at every try.</summary>
    public required string MessageId { get; init; }
    public required string Recipient { get; init; }
    public required string Subject { get; init; }
    public required string Body { get; init; }
    /// <summary>The audit event that it tells of.</summary>
    public long AuditId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset NextTryAt { get; set; }
    public int Tries { get; set; }
    public DateTimeOffset? SentAt { get; set; }
    /// <summary>Set when it was given up, after 72 hours or because the address was refused.</summary>
    public DateTimeOffset? GivenUpAt { get; set; }
    public string? LastError { get; set; }
}

/// <summary>How far a reader of the trail has come.</summary>
sealed class BookmarkRow
{
    public required string Reader { get; init; }
    /// <summary>The last audit id that it has dealt with.</summary>
    public long AuditId { get; set; }
}

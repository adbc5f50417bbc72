namespace Governance.Audit;

/// <summary>The open transaction of the journal: prepared statements, the instant, and the trail. Used on the journal's thread only.</summary>
sealed class JournalTransaction(JournalStore store)
{
    readonly Dictionary<string, ChainHead> heads = new(StringComparer.Ordinal);
    long lastMilliseconds;
    long admittedMilliseconds;
    long lastAuditId = -1;

    /// <summary>The ledger's clock, which is the store's: never goes back while the process lives.</summary>
    public long NowMilliseconds { get; private set; }

    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(NowMilliseconds);

    /// <summary>The instance that writes.</summary>
    public string Instance => store.Instance;

    /// <summary>Which other instances are silent, as far as this one can say.</summary>
    public Contact Contact => store.Contact;

    /// <summary>What was decided on a call of an earlier instant was decided by what a dead instance remembered, and does not count. 0 for an instance that never died.</summary>
    public long DecidedFromMilliseconds { get; internal set; }

    /// <summary>How far an instant may lie ahead of <see cref="Now"/> and still be believed.</summary>
    public TimeSpan MaxAhead => store.MaxAhead;

    /// <summary>Set by work that changes definitions: every instance reads them anew.</summary>
    public bool ChangesDefinitions { get; set; }

    /// <summary>The newest event of any chain, 0 where there is none.</summary>
    public long LastAuditId => lastAuditId >= 0 ? lastAuditId : ReadLastAuditId();

    /// <summary>The statement for <paramref name="sql"/>, prepared at its first use and kept.</summary>
    public Statement Prepare(string sql) => store.Prepare(sql);

    /// <summary>The sequence number that the next event of <paramref name="chain"/> will have.</summary>
    public long NextSequence(string chain) => Head(chain).Sequence + 1;

    /// <summary>Links <paramref name="told"/> behind the last event of its chain.</summary>
    public void Append(AuditEvent told)
    {
        told = told.WithoutNul();
        var head = Head(told.Chain);
        var sequence = head.Sequence + 1;
        var body = AuditChain.Body(told, sequence, NowMilliseconds);
        var hash = AuditChain.Link(told.Chain, sequence, head.Hash.Span, body);
        var id = LastAuditId + 1;
        Prepare("""
            INSERT INTO audit (id, chain, sequence, at_milliseconds, category, action, actor_kind, actor_id, project, target_kind, target_id, sentence, request_id, body, hash)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            """)
            .Bind(1, id).Bind(2, told.Chain).Bind(3, sequence).Bind(4, NowMilliseconds).Bind(5, (long)told.Category).Bind(6, told.Action)
            .Bind(7, (long)told.Actor.Kind).Bind(8, told.Actor.Id).Bind(9, told.Project).Bind(10, told.TargetKind).Bind(11, told.TargetId)
            .Bind(12, told.Sentence).Bind(13, told.RequestId).Bind(14, body).Bind(15, hash).RunOrSay("the audit trail cannot be written");
        heads[told.Chain] = new ChainHead(sequence, hash);
        lastAuditId = id;
        CrashPoint.Reach("audit-appended");
    }

    /// <summary>Once this is committed the ledger's clock is not before that instant, of a call that was admitted: where the wall clock was set back meanwhile, what comes after the call must not look older.</summary>
    public void NotBefore(DateTimeOffset instant) => admittedMilliseconds = Math.Max(admittedMilliseconds, instant.ToUnixTimeMilliseconds());

    /// <summary>After a restart time goes on from the last event, even if the wall clock was set back meanwhile. Not from the latest: what an earlier start dated by a wrong clock may lie ahead for weeks.</summary>
    internal void StartClock()
    {
        var last = Prepare("SELECT at_milliseconds FROM audit ORDER BY id DESC LIMIT 1");
        lastMilliseconds = last.Step() ? last.Integer(0) : 0;
        last.Reset();
    }

    /// <summary>Time does not go back, unless it was a wrong clock that was so far ahead.</summary>
    /// <param name="last">Of the last group, in Unix milliseconds.</param>
    /// <param name="now">By the ledger's clock.</param>
    long GoOn(long last, long now) => last - now > (long)MaxAhead.TotalMilliseconds ? now : Math.Max(last, now);

    internal Turn Begin()
    {
        ChangesDefinitions = false;
        admittedMilliseconds = 0;
        var turn = store.Begin();
        NowMilliseconds = GoOn(lastMilliseconds, turn.NowMilliseconds);
        if (turn.Foreign)
        {
            Forget();
        }
        return turn;
    }

    internal void Commit()
    {
        store.Commit(this, ChangesDefinitions);
        lastMilliseconds = GoOn(admittedMilliseconds, NowMilliseconds);
    }

    internal void Rollback()
    {
        Forget();
        store.Rollback();
    }

    void Forget()
    {
        heads.Clear();
        lastAuditId = -1;
    }

    ChainHead Head(string chain)
    {
        if (!heads.TryGetValue(chain, out var head))
        {
            var last = Prepare("SELECT sequence, hash FROM audit WHERE chain = ?1 ORDER BY sequence DESC LIMIT 1").Bind(1, chain);
            head = last.Step() ? new ChainHead(last.Integer(0), last.Blob(1)) : ChainHead.Empty;
            last.Reset();
            heads[chain] = head;
        }
        return head;
    }

    long ReadLastAuditId()
    {
        var last = Prepare("SELECT COALESCE(MAX(id), 0) FROM audit");
        last.Step();
        lastAuditId = last.Integer(0);
        last.Reset();
        return lastAuditId;
    }
}

namespace Governance.Documents;

/// <summary>What becomes of a project's calls while the ledger cannot be written.</summary>
enum LedgerFailure { FailClosed, FailOpen }

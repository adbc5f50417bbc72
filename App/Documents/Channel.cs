namespace Governance.Documents;

/// <summary>The ways of telling somebody that a threshold can name; <see cref="Budgets.Threshold"/> holds them as flags.</summary>
enum Channel { Email, InApp }

using System.Globalization;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Configuration;

/// <summary>A price as a person types it, in dollars per million tokens.</summary>
sealed class PriceDraft
{
    const decimal Largest = 1_000_000m;

    /// <summary>The fields of a rate. Where one is left open, cache reads and writes cost as much as input.</summary>
    public static readonly (string Id, string Label, bool Required)[] Rates =
    [
        ("price-input", "Input", true), ("price-output", "Output", true), ("price-cache-read", "Cache read", false),
        ("price-cache-write", "Cache write, 5 minutes", false), ("price-cache-write-long", "Cache write, 1 hour", false),
    ];

    readonly Dictionary<string, string?> typed = [];

    public string Model { get; set; } = "";

    public string Vendor { get; set; } = "anthropic";

    public string? this[string id]
    {
        get => typed.GetValueOrDefault(id);
        set => typed[id] = value;
    }

    /// <summary>The price, or null with the faults in <paramref name="problems"/>.</summary>
    public ModelPrice? Read(FormProblems problems)
    {
        problems.Note("price-model", Model.Trim().Length == 0 ? "Write the model's id as the provider does." : null);
        problems.Note("price-vendor", Identifier.IsValid(Vendor.Trim()) ? null : $"A vendor {Identifier.Rule}.");
        var rates = Rates.Select(rate => Rate(rate.Id, rate.Required, problems)).ToArray();
        if (!problems.None)
        {
            return null;
        }
        var input = rates[0]!.Value;
        var written = rates[3] ?? input;
        return new ModelPrice
        {
            Model = Model.Trim(),
            Vendor = Vendor.Trim(),
            Origin = "workspace",
            Rates = new TokenRates { Input = input, Output = rates[1]!.Value, CacheRead = rates[2] ?? input, CacheWriteShort = written, CacheWriteLong = rates[4] ?? written },
        };
    }

    /// <summary>Pico-dollars per token are micro-dollars per million tokens.</summary>
    public static string Text(long rate) => "$" + (rate / 1_000_000m).ToString("0.00####", CultureInfo.InvariantCulture);

    long? Rate(string id, bool required, FormProblems problems)
    {
        var text = typed.GetValueOrDefault(id)?.Trim() ?? "";
        if (text.Length == 0)
        {
            problems.Note(id, required ? "Write an amount in dollars, such as 3.00." : null);
            return null;
        }
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd) || usd > Largest || usd * 1_000_000m % 1m != 0m)
        {
            problems.Note(id, "Write dollars with a point and at most six decimals, such as 0.25.");
            return null;
        }
        return (long)(usd * 1_000_000m);
    }
}

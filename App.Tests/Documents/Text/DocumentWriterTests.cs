using System.Text.Json;
using Governance.Documents;
using Governance.Documents.Text;

namespace Governance.Tests.Documents.Text;

public sealed class DocumentWriterTests
{
    [Fact]
    public void CanonicalTextHasFixedOrderAndNoDefaults()
    {
        Assert.Equal(
            """
            apiVersion: governance/v1
            workspace:
              id: lumen
              name: Lumen Labs
              plan: pro
            members:
              - { email: ada@lumen.test, role: owner, password_env: ADA_PASSWORD }
              - { email: ben@lumen.test, role: auditor }
            upstreams:
              - id: main
                kind: anthropic
                base_url: https://api.anthropic.com
                api_key_env: ANTHROPIC_API_KEY
              - id: play
                kind: sandbox
            projects:
              - id: help-desk
                name: Help desk
                owner: ada@lumen.test
                alert_email: money@lumen.test
                department: support
                default_mode: eco
                upstreams: [main, play]
                environment: production
                keys:
                  - id: night-shift
                    attribution: { employee: cy@lumen.test, feature: answers, workflow: triage }
                    attribution_override: allow
                    secret_env: NIGHT_KEY
            rules:
              - id: code
                type: force_model
                scope: {}
                task_type: code
                model: claude-sonnet-5
                state: enforced
              - id: no-opus
                type: deny_model
                scope: { project: help-desk }
                models: [claude-opus]
                state: enforced
                reason: costs too much
              - id: no-sport
                type: deny_mode
                scope: {}
                modes: [sport]
                state: enforced
              - id: short
                type: max_input_tokens
                scope: { project: help-desk }
                tokens: 8000
                state: staged
            budgets:
              - id: help-desk-monthly
                scope: { department: support, project: help-desk }
                cap_usd: "50.00"
                window: calendar_month
                time_zone: Europe/Berlin
                thresholds:
                  - { percent: 50, severity: info, channels: [] }
                  - { percent: 90, severity: critical, channels: [email] }
            router:
              - { project: help-desk, mode: eco, task_type: simple, model: claude-haiku-4-5 }
            prices:
              - model: my-model
                vendor: compatible
                effective_from: 2026-11-01
                usd_per_million: { input: "0.50", output: "1.50", cache_read: "0.05" }
                context: 200000
                max_output: 32000

            """,
            DocumentWriter.Write(Examples.Read(Examples.Whole)));
    }

    [Fact]
    public void WhatIsWrittenReadsBackAsTheSameDocument()
    {
        var seed = Environment.TickCount;
        var random = new RandomDocument(seed);
        for (var round = 0; round < 200; round++)
        {
            var document = random.Next();
            var yaml = DocumentWriter.Write(document);
            var json = DocumentWriter.WriteJson(document);
            var expected = Values(document);
            Assert.True(expected == Values(Examples.Read(yaml)), $"seed {seed}, round {round}:\n{yaml}\n{expected}\n{Values(Examples.Read(yaml))}");
            Assert.True(expected == Values(Examples.Read(json)), $"seed {seed}, round {round}:\n{json}");
            Assert.Equal(yaml, DocumentWriter.Write(Examples.Read(json)));
            Assert.DoesNotContain('\r', yaml);
            using var strict = JsonDocument.Parse(json);
        }
    }

    // A record's equality stops at its lists; this does not.
    static string Values(GovernanceDocument document) => JsonSerializer.Serialize(document);
}

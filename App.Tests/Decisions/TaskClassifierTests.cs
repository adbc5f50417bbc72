using Governance.Decisions;
using Governance.Gateway;
using Governance.Gateway.Reading;
using Governance.Policies;
using Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

namespace Governance.Tests.Decisions;

public sealed class TaskClassifierTests
{
    [Theory]
    [InlineData("hello", nameof(TaskType.Simple))]
    [InlineData("", nameof(TaskType.Simple))]
    [InlineData("What is the capital of France?", nameof(TaskType.Simple))]
    [InlineData("Translate this sentence into German.", nameof(TaskType.Simple))]
    [InlineData("Summarise the mail below in two lines.", nameof(TaskType.Simple))]
    [InlineData("Please improve this paragraph.", nameof(TaskType.Simple))]
    [InlineData("Our approval process was approved.", nameof(TaskType.Simple))]
    [InlineData("Have you read the classic novel? Version 2.5 came out.", nameof(TaskType.Simple))]
    [InlineData("I trust you. Dress code?", nameof(TaskType.Simple))]
    [InlineData("The pythons in the zoo", nameof(TaskType.Simple))]
    [InlineData("Visit example.community for more.", nameof(TaskType.Simple))]
    [InlineData("Waterproof shoes", nameof(TaskType.Simple))]
    [InlineData("```\nlet x = 1\n```", nameof(TaskType.Code))]
    [InlineData("Fix src/Money.cs please", nameof(TaskType.Code))]
    [InlineData("What does main.py do?", nameof(TaskType.Code))]
    [InlineData("Look at app/page.tsx, line 4", nameof(TaskType.Code))]
    [InlineData("Write a function that adds two numbers", nameof(TaskType.Code))]
    [InlineData("Refactor this", nameof(TaskType.Code))]
    [InlineData("REFACTOR this", nameof(TaskType.Code))]
    [InlineData("How do I sort a list in Python?", nameof(TaskType.Code))]
    [InlineData("a C# record", nameof(TaskType.Code))]
    [InlineData("C++ templates", nameof(TaskType.Code))]
    [InlineData("SELECT * FROM users", nameof(TaskType.Code))]
    [InlineData("I get a NullReferenceException here", nameof(TaskType.Code))]
    [InlineData("here is the stack trace", nameof(TaskType.Code))]
    [InlineData("git rebase went wrong, why?", nameof(TaskType.Code))]
    [InlineData("Prove that the square root of two is irrational", nameof(TaskType.Reasoning))]
    [InlineData("Derive the formula", nameof(TaskType.Reasoning))]
    [InlineData("Solve it step by step", nameof(TaskType.Reasoning))]
    [InlineData("Why is the sky blue?", nameof(TaskType.Reasoning))]
    [InlineData("Tell me why", nameof(TaskType.Reasoning))]
    [InlineData("What are the pros and cons of each?", nameof(TaskType.Reasoning))]
    [InlineData("Find the root cause of the outage", nameof(TaskType.Reasoning))]
    [InlineData("Give a proof.", nameof(TaskType.Reasoning))]
    public void TheTextSaysWhatKindOfWorkItIs(string text, string expected) =>
        Assert.Equal(expected, TaskClassifier.Classify(new RequestFacts { Model = "m", LastUserText = text }).ToString());

    [Theory]
    [InlineData(true, false, 100, 1, 1, nameof(TaskType.Code))]
    [InlineData(true, true, 9_000, 30, 30, nameof(TaskType.Code))]
    [InlineData(false, true, 100, 0, 1, nameof(TaskType.Reasoning))]
    [InlineData(false, true, 9_000, 12, 40, nameof(TaskType.Reasoning))]
    [InlineData(false, false, 4_000, 0, 1, nameof(TaskType.Complex))]
    [InlineData(false, false, 3_999, 7, 19, nameof(TaskType.Simple))]
    [InlineData(false, false, 10, 8, 1, nameof(TaskType.Complex))]
    [InlineData(false, false, 10, 0, 20, nameof(TaskType.Complex))]
    public void TheFactsSayWhatKindOfWorkItIs(bool editing, bool thinking, long tokens, int tools, int messages, string expected) =>
        Assert.Equal(expected, TaskClassifier.Classify(new RequestFacts
        {
            Model = "m", LastUserText = "hello", EditingTools = editing, Thinking = thinking, ExpectedTextTokens = tokens, Tools = tools, Messages = messages,
        }).ToString());

    [Fact]
    public void ACodingAgentsCallIsCode() => Assert.Equal(TaskType.Code, TaskClassifier.Classify(Bodies.Facts(Bodies.CodingAgent())));
}

using System.Data.Common;

namespace Governance.Journal;

/// <summary>A statement of one connection, with parameters ?1, ?2, …; its text is the same for every store. Bound and run many times; not safe for several threads.</summary>
abstract class Statement : IDisposable
{
    public abstract Statement Bind(int index, long value);

    public abstract Statement Bind(int index, long? value);

    public abstract Statement Bind(int index, string? value);

    public abstract Statement Bind(int index, ReadOnlySpan<byte> value);

    /// <summary>Moves to the next row; false when there is none, after which the statement can be bound anew.</summary>
    public abstract bool Step();

    /// <summary>Runs to the end and answers how many rows were changed.</summary>
    public abstract int Run();

    /// <summary>As <see cref="Run"/> where a refusal of the database means that the store cannot be used: <paramref name="what"/> then says it for people.</summary>
    public void RunOrSay(string what)
    {
        try
        {
            Run();
        }
        catch (DbException exception) when (!StoreFailure.Is(exception))
        {
            throw new StoreUnavailableException($"{what}: {exception.Message}", exception);
        }
    }

    public abstract long Integer(int column);

    public abstract string Text(int column);

    public abstract byte[] Blob(int column);

    public abstract bool IsNull(int column);

    public abstract void Reset();

    public abstract void Dispose();

    public long? IntegerOrNull(int column) => IsNull(column) ? null : Integer(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);
}

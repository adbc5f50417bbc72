using System.Security.Cryptography;
using Governance.Journal;

namespace Governance.Audit.Checkpoints;

/// <summary>The key pair that signs checkpoints: ES256 (P-256, SHA-256). The private half lies in a file outside the database.</summary>
sealed class CheckpointKey : IDisposable
{
    const int SignatureBytes = 64;

    readonly ECDsa pair;

    CheckpointKey(ECDsa pair)
    {
        this.pair = pair;
        Id = IdOf(pair);
    }

    public string Id { get; }

    /// <summary>What a verifier is given.</summary>
    public string PublicPem => pair.ExportSubjectPublicKeyInfoPem() + "\n";

    /// <summary>Null where there is no file. One that is there but is no such key is a <see cref="CryptographicException"/>; it is never written over.</summary>
    public static CheckpointKey? Load(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }
        var pair = ECDsa.Create();
        try
        {
            pair.ImportFromPem(File.ReadAllText(file));
            if (!IsP256(pair))
            {
                throw new CryptographicException($"{file} is not a P-256 key.");
            }
            return new CheckpointKey(pair);
        }
        catch (ArgumentException exception)
        {
            pair.Dispose();
            throw new CryptographicException($"{file} holds no private key in PEM.", exception);
        }
    }

    /// <summary>A key that lives in memory only.</summary>
    public static CheckpointKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Makes a key and its file, readable by this user only.</summary>
    public static CheckpointKey Create(string file)
    {
        var key = Create();
        var unfinished = file + ".new";
        OwnerOnly.CreateFolder(Path.GetDirectoryName(file)!);
        File.Delete(unfinished);
        using (var stream = OwnerOnly.Open(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(key.pair.ExportPkcs8PrivateKeyPem() + "\n"));
            stream.Flush(flushToDisk: true);
        }
        File.Move(unfinished, file);
        return key;
    }

    /// <summary>r and s, 32 bytes each.</summary>
    public byte[] Sign(ReadOnlySpan<byte> bytes) => pair.SignData(bytes.ToArray(), HashAlgorithmName.SHA256);

    /// <summary>The public keys of a text with any number of PEM blocks, by their ids.</summary>
    public static Dictionary<string, ECDsa> ReadPublic(string pem)
    {
        const string End = "-----END PUBLIC KEY-----";
        var keys = new Dictionary<string, ECDsa>(StringComparer.Ordinal);
        for (var rest = pem; rest.IndexOf(End, StringComparison.Ordinal) is >= 0 and var end; rest = rest[(end + End.Length)..])
        {
            var key = ECDsa.Create();
            key.ImportFromPem(rest.AsSpan(0, end + End.Length));
            if (!IsP256(key))
            {
                throw new CryptographicException("A public key is not of P-256.");
            }
            keys[IdOf(key)] = key;
        }
        return keys;
    }

    public static bool IsSigned(ECDsa key, byte[] bytes, byte[] signature) =>
        signature.Length == SignatureBytes && key.VerifyData(bytes, signature, HashAlgorithmName.SHA256);

    public void Dispose() => pair.Dispose();

    static bool IsP256(ECDsa key) => key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == "1.2.840.10045.3.1.7";

    static string IdOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
}

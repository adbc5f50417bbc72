using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Governance.Members.SignIn;

/// <summary>
/// A cookie that says that somebody signed in to this account with this browser before. It opens nothing: its holder is only counted apart from
/// strangers, so that nobody else's wrong passwords can keep a member out (OWASP's device cookies).
/// </summary>
sealed class KnownBrowsers(IDataProtectionProvider protection)
{
    public const string CookieName = "governance-known";
    const char Separator = '\n';
    static readonly TimeSpan lifetime = TimeSpan.FromDays(180);
    readonly ITimeLimitedDataProtector protector = protection.CreateProtector("Governance.KnownBrowser").ToTimeLimitedDataProtector();

    /// <summary>The browser's number, where it carries a cookie of ours for <paramref name="account"/>, or for any account where that is null.</summary>
    public string? Find(HttpContext context, string? account)
    {
        if (context.Request.Cookies[CookieName] is not { Length: > 0 } cookie)
        {
            return null;
        }
        try
        {
            return protector.Unprotect(cookie).Split(Separator) is [var of, var number] && (account is null || of == account) ? number : null;
        }
        catch (CryptographicException)
        {
            // Run out, forged, or of a lost key ring.
            return null;
        }
    }

    /// <summary>Another number at every sign-in, so that a copied cookie is not the next one too.</summary>
    public void Remember(HttpContext context, string account) => context.Response.Cookies.Append(
        CookieName,
        protector.Protect($"{account}{Separator}{RandomNumberGenerator.GetHexString(32, lowercase: true)}", lifetime),
        new CookieOptions { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/sign-in", MaxAge = lifetime, IsEssential = true });
}

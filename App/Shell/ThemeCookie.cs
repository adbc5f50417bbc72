namespace Governance.Shell;

/// <summary>What the reader chose to look at.</summary>
enum ThemeChoice
{
    System,
    Light,
    Dark,
}

/// <summary>The cookie that carries the choice, so that the first byte of a page already has the right colours.</summary>
static class ThemeCookie
{
    const string CookieName = "governance-theme";

    public static ThemeChoice Read(HttpRequest request) => Parse(request.Cookies[CookieName]);

    public static string Name(ThemeChoice theme) => theme switch
    {
        ThemeChoice.Light => "light",
        ThemeChoice.Dark => "dark",
        _ => "system",
    };

    /// <summary>Answers the theme form where no script ran: keeps the choice and goes back to the page.</summary>
    public static IResult Choose(HttpContext context, IFormCollection form)
    {
        // The script writes this cookie too, hence no HttpOnly: it holds nothing worth stealing.
        context.Response.Cookies.Append(CookieName, Name(Parse(form["theme"])), new CookieOptions
        {
            MaxAge = TimeSpan.FromDays(365),
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            IsEssential = true,
        });
        var back = form["back"].ToString();
        return Results.Redirect(IsLocal(back) ? back : "/dashboard");
    }

    /// <summary>A path of this site: <c>//host</c> and <c>/\host</c> would leave it.</summary>
    public static bool IsLocal(string path) =>
        path.StartsWith('/') && (path.Length == 1 || path[1] is not ('/' or '\\')) && !path.Any(char.IsControl);

    static ThemeChoice Parse(string? text) => text switch
    {
        "light" => ThemeChoice.Light,
        "dark" => ThemeChoice.Dark,
        _ => ThemeChoice.System,
    };
}

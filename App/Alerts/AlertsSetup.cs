namespace Governance.Alerts;

/// <summary>Puts warnings by mail into the host.</summary>
static class AlertsSetup
{
    /// <summary>Throws where <c>Governance:Smtp</c> or <c>Governance:PublicUrl</c> says something that cannot be.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(MailSettings.Read(configuration))
        .AddSingleton<SmtpSender>()
        .AddSingleton<MailLog>()
        .AddSingleton<MailQueries>()
        .AddHostedService<AlertReader>()
        .AddHostedService<MailSender>();
}

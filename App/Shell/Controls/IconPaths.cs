namespace Governance.Shell.Controls;

/// <summary>The drawings: stroked paths on a 24 by 24 field.</summary>
[Pure]
static class IconPaths
{
    public static string Of(IconName name) => name switch
    {
        IconName.Overview => "M4 4h7v7H4z M14 4h6v4h-6z M14 11h6v9h-6z M4 14h7v6H4z",
        IconName.Policy => "M12 3l7 3v5c0 4.6-2.9 8.2-7 10-4.1-1.8-7-5.4-7-10V6z M9 12l2.2 2.2L15.5 10",
        IconName.Usage => "M4 20h16 M7 16v-5 M12 16V6 M17 16v-8",
        IconName.Keys => "M8 15a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M12 11h9 M17 11v4 M20.5 11v3",
        IconName.Members => "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z M3 20c0-3.3 2.7-6 6-6s6 2.7 6 6 M16 4.5a3.5 3.5 0 0 1 0 6.4 M17.5 14.4c2 .8 3.5 3 3.5 5.6",
        IconName.Settings => "M4 7h9 M17 7h3 M15 5v4 M4 12h3 M11 12h9 M9 10v4 M4 17h10 M18 17h2 M16 15v4",
        IconName.Simulator => "M9 3h6 M10 3v6l-5 9a2 2 0 0 0 1.8 3h10.4a2 2 0 0 0 1.8-3l-5-9V3 M8 15h8",
        IconName.Changes => "M7 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z M7 21a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z M17 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z M7 8v8 M17 8c0 4-4 4.5-10 5",
        IconName.Alerts => "M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15z M10 20.5a2.2 2.2 0 0 0 4 0",
        IconName.Audit => "M6 3h9l4 4v14H6z M9 11h7 M9 15h7 M9 7h3",
        IconName.Sun => "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M12 2v2 M12 20v2 M2 12h2 M20 12h2 M5 5l1.4 1.4 M17.6 17.6L19 19 M5 19l1.4-1.4 M17.6 6.4L19 5",
        IconName.Moon => "M20 14.5A8 8 0 0 1 9.5 4 8.2 8.2 0 1 0 20 14.5z",
        IconName.Screen => "M3 5h18v11H3z M9 20h6 M12 16v4",
        IconName.Menu => "M4 7h16 M4 12h16 M4 17h16",
        IconName.Close => "M6 6l12 12 M18 6L6 18",
        IconName.Check => "M5 12.5l4.5 4.5L19 7.5",
        IconName.CheckCircle => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M8 12.2l2.8 2.8L16 9.5",
        IconName.Warning => "M12 4l9 16H3z M12 10v4.5 M12 17v.4",
        IconName.PauseCircle => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M10 9v6 M14 9v6",
        IconName.Stop => "M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3z M9 9l6 6 M15 9l-6 6",
        IconName.Swap => "M4 4h16v16H4z M8 10h8l-2-2 M16 14H8l2 2",
        IconName.Ring => "M12.0 3.0A9 9 0 0 1 17.3 4.7 M19.8 7.5A9 9 0 0 1 21.0 12.9 M19.8 16.5A9 9 0 0 1 15.7 20.2 M12.0 21.0A9 9 0 0 1 6.7 19.3 M4.2 16.5A9 9 0 0 1 3.0 11.1 M4.2 7.5A9 9 0 0 1 8.3 3.8",
        IconName.Dot => "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
        IconName.Copy => "M9 9h11v11H9z M5 15H4V4h11v1",
        IconName.External => "M14 4h6v6 M20 4l-9 9 M18 13v7H4V6h7",
        IconName.ChevronDown => "M6 9l6 6 6-6",
        IconName.ChevronLeft => "M15 6l-6 6 6 6",
        IconName.ChevronRight => "M9 6l6 6-6 6",
        IconName.Search => "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z M16 16l4.5 4.5",
        IconName.Download => "M12 4v11 M7.5 11l4.5 4.5L16.5 11 M4 20h16",
        IconName.Plus => "M12 5v14 M5 12h14",
        IconName.Edit => "M4 20l1-4L16 5l3 3L8 19z M14 7l3 3",
        IconName.Remove => "M4 7h16 M9 7V4h6v3 M6.5 7l1 13h9l1-13 M10 11v5 M14 11v5",
        IconName.Note => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 11v5.5 M12 7.5v.4",
        IconName.Refresh => "M20 5v5h-5 M19.6 10A8 8 0 1 0 20 13.5",
        IconName.Person => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4.5 20.5c0-4.1 3.4-7 7.5-7s7.5 2.9 7.5 7",
        IconName.Pause => "M8 5v14 M16 5v14",
        IconName.Play => "M7 5l12 7-12 7z",
        IconName.SignOut => "M10 4H4v16h6 M15 8l4 4-4 4 M19 12H9",
        IconName.Infinite => "M12 12c-2-3-3.5-4-5-4a4 4 0 0 0 0 8c1.5 0 3-1 5-4s3.5-4 5-4a4 4 0 0 1 0 8c-1.5 0-3-1-5-4z",
        IconName.Mark => "M4 12h4l2.5-7 3.5 14 2.5-7H20",
        _ => throw new System.Diagnostics.UnreachableException($"No drawing of {name}."),
    };
}

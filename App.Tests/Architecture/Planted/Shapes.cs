// Types of a wrong shape. ShapeTests expects each by name.
#pragma warning disable CA1051, CA1852, CA2000, CA1812, CS0649, IDE0044

using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Governance.Planted.Shapes;

sealed class GovernanceDb;

sealed class PageWithTables : ComponentBase
{
    [Inject]
    public required Lazy<GovernanceDb> Tables { get; init; }
}

sealed class PageWithTablesLater : ComponentBase
{
    protected override async Task OnInitializedAsync()
    {
        await Task.Yield();
        GC.KeepAlive(new GovernanceDb());
    }
}

sealed class PageWithout : ComponentBase;

static class MakesClients { public static object Make() => new HttpClient(); }

static class MakesInvokers { public static object Make() => new HttpMessageInvoker(new SocketsHttpHandler()); }

static class MakesHandlersLater { public static Func<object> Make() => () => new SocketsHttpHandler(); }

static class OutboundHttp { public static object Make() => new HttpMessageInvoker(new SocketsHttpHandler()); }

static class AsksForClients { public static object Make(IHttpClientFactory factory) => factory.CreateClient(); }

/// <summary>Uses what it is given, which is allowed.</summary>
static class UsesClients { public static Uri? Address(HttpClient client) => client.BaseAddress; }

static class AsksTheBrowser { public static ValueTask AskAsync(IJSRuntime browser) => browser.InvokeVoidAsync("alert"); }

static class FocusesByItself { public static ValueTask MoveAsync(ElementReference element) => element.FocusAsync(); }

/// <summary>Hands it on, which is allowed.</summary>
static class KnowsTheBrowser { public static string Name(IJSRuntime browser) => browser.GetType().Name; }

sealed class ChangeableRow
{
    public int Id { get; init; }
    public string? Name { get; set; }
    public string? Place { get; private set; }
    public int Count;
}

sealed record FixedRow(int Id, string Name);

class OpenClass;

abstract class Shape;

static class Nest
{
    internal class OpenNested;
}

interface ILonely;

sealed class Lonely : ILonely;

interface IShared<T>;

sealed class First : IShared<int>;

sealed class Second : IShared<string>;

sealed class OrderManager;

sealed class OrderHelpers;

sealed class OrderUtils;

sealed class OrderService;

sealed class OrderModel<T>;

sealed record OrderDto(int Id);

sealed record OrderInfo(int Id);

struct OrderData;

sealed class Metadata;

namespace Governance.Members.SignIn;

/// <summary>Stands on every page whose form takes a password or a token: what is sent to it is limited by address (<see cref="DoorLimits"/>).</summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class LimitAttemptsAttribute : Attribute;

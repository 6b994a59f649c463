// An account that was audited before, as in ../../take-over-an-account.ts.
//
// Its configuration is taken over, a finding that the team has accepted is suppressed, and from then on no deployment
// adds a finding of high severity. What templates show already fails at synth.
using Amazon.CDK;
using Amazon.CDK.AWS.IoT;
using Amazon.CDK.Interfaces.IoT;
using CdkIotFleetAudit;
// IAM has a CfnPolicy, too.
using FromRoleNameOptions = Amazon.CDK.AWS.IAM.FromRoleNameOptions;
using Role = Amazon.CDK.AWS.IAM.Role;

var app = new App();
var stack = new Stack(app, "TakeOverAnAccount", new StackProps
{
    Description = "AWS IoT Device Defender Audit in an account that was audited before",
});

// A gateway connects under the names of its sensors, so its policy is broader than the audit likes.
var gatewayPolicy = new CfnPolicy(stack, "GatewayPolicy", new CfnPolicyProps
{
    PolicyDocument = new Dictionary<string, object>
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new object[]
        {
            new Dictionary<string, object>
            {
                ["Effect"] = "Allow",
                ["Action"] = "iot:Connect",
                ["Resource"] = stack.FormatArn(new ArnComponents
                {
                    Service = "iot", Resource = "client", ResourceName = "*",
                }),
            },
        },
    },
});

// The role of the configuration that is there. The account gets it back when the stack is deleted.
var previousRole = Role.FromRoleName(
    stack, "PreviousRole", "SecurityAudit", new FromRoleNameOptions { Mutable = false });

var audit = new FleetAudit(stack, "FleetAudit", new FleetAuditProps
{
    Checks = new[]
    {
        AuditCheck.DEVICE_CERTIFICATE_SHARED,
        AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
        AuditCheck.LOGGING_DISABLED,
        AuditCheck.DeviceCertificateExpiring(Duration.Days(60)),
    },
    Existing = ExistingConfiguration.Adopt(new AdoptConfigurationOptions
    {
        OtherChecks = OtherChecks.KEEP,
        PreviousRoles = new[] { previousRole },
        PutBackOnRemoval = true,
    }),
    Schedules = new[] { AuditSchedule.Weekly(Weekday.MONDAY) },
    DeploymentAudit = DeploymentAudit.Gate(new DeploymentGateOptions
    {
        FailOn = AuditSeverity.HIGH,
        KnownFindings = KnownFindings.Ignore(),
        Timeout = Duration.Minutes(45),
    }),
});

audit.AddSuppression(new AuditSuppression
{
    Check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
    Resource = SuppressedResource.Policy(gatewayPolicy),
    Description = "Gateways connect under the names of their sensors until release 2 (SEC-112)",
    Expiry = SuppressionExpiry.On("2049-12-31"),
});

var enableLogging = audit.AddMitigationAction("EnableLogging", new MitigationActionProps
{
    Mitigation = Mitigation.EnableIotLogging(),
});
audit.MitigateAutomatically(new MitigationRule
{
    Checks = new[] { AuditCheck.LOGGING_DISABLED },
    Actions = new IMitigationActionRef[] { enableLogging },
    Mode = MitigationMode.APPLY,
});

// The same checks on the templates, before anything is deployed. They know what the stack suppresses.
Validations.Of(app).AddPlugins(new DeviceDefenderChecks(new DeviceDefenderChecksProps
{
    LoggingEnabledElsewhere = true,
}));

app.Synth();

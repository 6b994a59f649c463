// The lab "Audit your IoT fleet" as code, as in ../../audit-your-iot-fleet.ts.
//
// Every check is enabled and the people on call are notified. What the lab mitigates by hand is mitigated within limits:
// logging is enabled at once, people are asked about a certificate that devices share, and a policy that is too broad is
// only reported.
using Amazon.CDK;
using Amazon.CDK.AWS.IoT;
using Amazon.CDK.AWS.SNS.Subscriptions;
using Amazon.CDK.Interfaces.IoT;
using CdkIotFleetAudit;

var app = new App();
var stack = new Stack(app, "AuditYourIotFleet", new StackProps
{
    Description = "AWS IoT Device Defender Audit of the fleet in this account and region",
});

// Runs every check that the region has, now and once a day.
var audit = new FleetAudit(stack, "FleetAudit");

var alertEmail = app.Node.TryGetContext("alertEmail") as string;
if (alertEmail is not null)
{
    audit.NotificationTopic.AddSubscription(new EmailSubscription(alertEmail));
}

if (audit.OnDemandAudit is not null)
{
    new CfnOutput(stack, "AuditTaskId", new CfnOutputProps { Value = audit.OnDemandAudit.AuditTaskId });
}

// The targets of the mitigation actions.
var quarantine = new CfnThingGroup(stack, "Quarantine", new CfnThingGroupProps { ThingGroupName = "Quarantine" });
var devicePolicy = new CfnPolicy(stack, "DevicePolicy", new CfnPolicyProps
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
                    Service = "iot", Resource = "client", ResourceName = "${iot:Connection.Thing.ThingName}",
                }),
                ["Condition"] = new Dictionary<string, object>
                {
                    ["Bool"] = new Dictionary<string, object> { ["iot:Connection.Thing.IsAttached"] = "true" },
                },
            },
        },
    },
});

// An action does nothing by itself: a rule applies it to findings, or a person in the console or through the API.
var deactivate = AddAction("DeactivateCertificate", Mitigation.UpdateDeviceCertificate());
var quarantineThings = AddAction(
    "QuarantineThings", Mitigation.AddThingsToThingGroup(new IThingGroupRef[] { quarantine }));
var blankDevicePolicy = AddAction(
    "BlankDevicePolicy", Mitigation.ReplaceDefaultPolicyVersion(new IPolicyRef[] { devicePolicy }));
var enableLogging = AddAction(
    "EnableLogging", Mitigation.EnableIotLogging(new EnableIotLoggingOptions { LogLevel = LogLevel.ERROR }));
AddAction("PublishFinding", Mitigation.PublishFindingToSns(audit.NotificationTopic));

// The second half of the lab. Logging is enabled at once, since that cuts nobody off.
var mitigation = audit.MitigateAutomatically(new MitigationRule
{
    Checks = new[] { AuditCheck.LOGGING_DISABLED },
    Actions = new IMitigationActionRef[] { enableLogging },
});

// People are asked: the things of a shared certificate go into quarantine, and then the certificate is deactivated.
audit.MitigateAutomatically(new MitigationRule
{
    Checks = new[] { AuditCheck.DEVICE_CERTIFICATE_SHARED },
    Actions = new IMitigationActionRef[] { quarantineThings, deactivate },
    Mode = MitigationMode.ASK,
    MaximumResources = 5,
});

// A blank policy cuts off every device that uses it, so this rule only reports what it would do.
audit.MitigateAutomatically(new MitigationRule
{
    Checks = new[] { AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE },
    Actions = new IMitigationActionRef[] { blankDevicePolicy },
    Mode = MitigationMode.REPORT,
});

if (alertEmail is not null)
{
    mitigation.AddApprover(new EmailSubscription(alertEmail));
}

app.Synth();

// An action under the name by which reports call it, and an output with that name.
MitigationAction AddAction(string name, Mitigation mitigation)
{
    var action = audit.AddMitigationAction(name, new MitigationActionProps
    {
        Mitigation = mitigation, MitigationActionName = name,
    });
    new CfnOutput(action, "Name", new CfnOutputProps { Value = action.MitigationActionName });
    return action;
}

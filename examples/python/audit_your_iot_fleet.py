"""The lab "Audit your IoT fleet" as code, as in ../audit-your-iot-fleet.ts.

Every check is enabled and the people on call are notified. What the lab mitigates by hand is mitigated within limits:
logging is enabled at once, people are asked about a certificate that devices share, and a policy that is too broad is
only reported.

    npx cdk deploy --context alertEmail=you@example.com
"""

from aws_cdk import App, CfnOutput, Stack
from aws_cdk.aws_iot import CfnPolicy, CfnThingGroup
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from cdk_iot_fleet_audit import AuditCheck, FleetAudit, LogLevel, Mitigation, MitigationMode, MitigationRule

app = App()
stack = Stack(
    app,
    "AuditYourIotFleet",
    description="AWS IoT Device Defender Audit of the fleet in this account and region",
)

# Runs every check that the region has, now and once a day.
audit = FleetAudit(stack, "FleetAudit")

alert_email = app.node.try_get_context("alertEmail")
if alert_email:
    audit.notification_topic.add_subscription(EmailSubscription(alert_email))

if audit.on_demand_audit is not None:
    CfnOutput(stack, "AuditTaskId", value=audit.on_demand_audit.audit_task_id)

# The targets of the mitigation actions.
quarantine = CfnThingGroup(stack, "Quarantine", thing_group_name="Quarantine")
device_policy = CfnPolicy(
    stack,
    "DevicePolicy",
    policy_document={
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "iot:Connect",
                "Resource": stack.format_arn(
                    service="iot",
                    resource="client",
                    resource_name="${iot:Connection.Thing.ThingName}",
                ),
                "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}},
            }
        ],
    },
)

# An action does nothing by itself: a rule applies it to findings, or a person in the console or through the API.
deactivate = audit.add_mitigation_action(
    "DeactivateCertificate",
    mitigation=Mitigation.update_device_certificate(),
    mitigation_action_name="DeactivateCertificate",
)
quarantine_things = audit.add_mitigation_action(
    "QuarantineThings",
    mitigation=Mitigation.add_things_to_thing_group([quarantine]),
    mitigation_action_name="QuarantineThings",
)
blank_device_policy = audit.add_mitigation_action(
    "BlankDevicePolicy",
    mitigation=Mitigation.replace_default_policy_version([device_policy]),
    mitigation_action_name="BlankDevicePolicy",
)
enable_logging = audit.add_mitigation_action(
    "EnableLogging",
    mitigation=Mitigation.enable_iot_logging(log_level=LogLevel.ERROR),
    mitigation_action_name="EnableLogging",
)
publish_finding = audit.add_mitigation_action(
    "PublishFinding",
    mitigation=Mitigation.publish_finding_to_sns(audit.notification_topic),
    mitigation_action_name="PublishFinding",
)
for action in [deactivate, quarantine_things, blank_device_policy, enable_logging, publish_finding]:
    CfnOutput(action, "Name", value=action.mitigation_action_name)

# The second half of the lab. Logging is enabled at once, since that cuts nobody off.
mitigation = audit.mitigate_automatically(
    MitigationRule(checks=[AuditCheck.LOGGING_DISABLED], actions=[enable_logging])
)

# People are asked: the things of a shared certificate go into quarantine, and then the certificate is deactivated.
audit.mitigate_automatically(
    MitigationRule(
        checks=[AuditCheck.DEVICE_CERTIFICATE_SHARED],
        actions=[quarantine_things, deactivate],
        mode=MitigationMode.ASK,
        maximum_resources=5,
    )
)

# A blank policy cuts off every device that uses it, so this rule only reports what it would do.
audit.mitigate_automatically(
    MitigationRule(
        checks=[AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE],
        actions=[blank_device_policy],
        mode=MitigationMode.REPORT,
    )
)

if alert_email:
    mitigation.add_approver(EmailSubscription(alert_email))

app.synth()

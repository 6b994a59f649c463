"""An account that was audited before, as in ../take-over-an-account.ts.

Its configuration is taken over, a finding that the team has accepted is suppressed, and from then on no deployment adds
a finding of high severity. What templates show already fails at synth.

    npx cdk deploy --app "python take_over_an_account.py"
"""

from aws_cdk import App, Duration, Stack, Validations
from aws_cdk.aws_iam import Role
from aws_cdk.aws_iot import CfnPolicy
from cdk_iot_fleet_audit import (
    AuditCheck,
    AuditSchedule,
    AuditSeverity,
    DeploymentAudit,
    DeviceDefenderChecks,
    ExistingConfiguration,
    FleetAudit,
    KnownFindings,
    Mitigation,
    MitigationMode,
    MitigationRule,
    OtherChecks,
    SuppressedResource,
    SuppressionExpiry,
    Weekday,
)

app = App()
stack = Stack(
    app,
    "TakeOverAnAccount",
    description="AWS IoT Device Defender Audit in an account that was audited before",
)

# A gateway connects under the names of its sensors, so its policy is broader than the audit likes.
gateway_policy = CfnPolicy(
    stack,
    "GatewayPolicy",
    policy_document={
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "iot:Connect",
                "Resource": stack.format_arn(service="iot", resource="client", resource_name="*"),
            }
        ],
    },
)

# The role of the configuration that is there. The account gets it back when the stack is deleted.
previous_role = Role.from_role_name(stack, "PreviousRole", "SecurityAudit", mutable=False)

audit = FleetAudit(
    stack,
    "FleetAudit",
    checks=[
        AuditCheck.DEVICE_CERTIFICATE_SHARED,
        AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
        AuditCheck.LOGGING_DISABLED,
        AuditCheck.device_certificate_expiring(Duration.days(60)),
    ],
    existing=ExistingConfiguration.adopt(
        other_checks=OtherChecks.KEEP,
        previous_roles=[previous_role],
        put_back_on_removal=True,
    ),
    schedules=[AuditSchedule.weekly(Weekday.MONDAY)],
    deployment_audit=DeploymentAudit.gate(
        fail_on=AuditSeverity.HIGH,
        known_findings=KnownFindings.ignore(),
        timeout=Duration.minutes(45),
    ),
)

audit.add_suppression(
    check=AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
    resource=SuppressedResource.policy(gateway_policy),
    description="Gateways connect under the names of their sensors until release 2 (SEC-112)",
    expiry=SuppressionExpiry.on("2049-12-31"),
)

enable_logging = audit.add_mitigation_action("EnableLogging", mitigation=Mitigation.enable_iot_logging())
audit.mitigate_automatically(
    MitigationRule(
        checks=[AuditCheck.LOGGING_DISABLED],
        actions=[enable_logging],
        mode=MitigationMode.APPLY,
    )
)

# The same checks on the templates, before anything is deployed. They know what the stack suppresses.
Validations.of(app).add_plugins(DeviceDefenderChecks(logging_enabled_elsewhere=True))

app.synth()

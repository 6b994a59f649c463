package com.example.fleet;

import io.github.cdkiotfleetaudit.AdoptConfigurationOptions;
import io.github.cdkiotfleetaudit.AuditCheck;
import io.github.cdkiotfleetaudit.AuditSchedule;
import io.github.cdkiotfleetaudit.AuditSeverity;
import io.github.cdkiotfleetaudit.AuditSuppression;
import io.github.cdkiotfleetaudit.DeploymentAudit;
import io.github.cdkiotfleetaudit.DeploymentGateOptions;
import io.github.cdkiotfleetaudit.DeviceDefenderChecks;
import io.github.cdkiotfleetaudit.ExistingConfiguration;
import io.github.cdkiotfleetaudit.FleetAudit;
import io.github.cdkiotfleetaudit.KnownFindings;
import io.github.cdkiotfleetaudit.Mitigation;
import io.github.cdkiotfleetaudit.MitigationAction;
import io.github.cdkiotfleetaudit.MitigationActionProps;
import io.github.cdkiotfleetaudit.MitigationMode;
import io.github.cdkiotfleetaudit.MitigationRule;
import io.github.cdkiotfleetaudit.OtherChecks;
import io.github.cdkiotfleetaudit.SuppressedResource;
import io.github.cdkiotfleetaudit.SuppressionExpiry;
import io.github.cdkiotfleetaudit.Weekday;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.Validations;
import software.amazon.awscdk.services.iam.FromRoleNameOptions;
import software.amazon.awscdk.services.iam.IRole;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iot.CfnPolicy;

/**
 * An account that was audited before, as in ../take-over-an-account.ts.
 *
 * <p>Its configuration is taken over, a finding that the team has accepted is suppressed, and from then on no
 * deployment adds a finding of high severity. What templates show already fails at synth.
 */
public final class TakeOverAnAccount {
    public static void main(final String[] args) {
        App app = new App();
        Stack stack = new Stack(app, "TakeOverAnAccount", StackProps.builder()
            .description("AWS IoT Device Defender Audit in an account that was audited before")
            .build());

        // A gateway connects under the names of its sensors, so its policy is broader than the audit likes.
        CfnPolicy gatewayPolicy = CfnPolicy.Builder.create(stack, "GatewayPolicy")
            .policyDocument(Map.of(
                "Version", "2012-10-17",
                "Statement", List.of(Map.of(
                    "Effect", "Allow",
                    "Action", "iot:Connect",
                    "Resource", stack.formatArn(ArnComponents.builder()
                        .service("iot")
                        .resource("client")
                        .resourceName("*")
                        .build())))))
            .build();

        // The role of the configuration that is there. The account gets it back when the stack is deleted.
        IRole previousRole = Role.fromRoleName(stack, "PreviousRole", "SecurityAudit",
            FromRoleNameOptions.builder().mutable(false).build());

        FleetAudit audit = FleetAudit.Builder.create(stack, "FleetAudit")
            .checks(List.of(
                AuditCheck.DEVICE_CERTIFICATE_SHARED,
                AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
                AuditCheck.LOGGING_DISABLED,
                AuditCheck.deviceCertificateExpiring(Duration.days(60))))
            .existing(ExistingConfiguration.adopt(AdoptConfigurationOptions.builder()
                .otherChecks(OtherChecks.KEEP)
                .previousRoles(List.of(previousRole))
                .putBackOnRemoval(true)
                .build()))
            .schedules(List.of(AuditSchedule.weekly(Weekday.MONDAY)))
            .deploymentAudit(DeploymentAudit.gate(DeploymentGateOptions.builder()
                .failOn(AuditSeverity.HIGH)
                .knownFindings(KnownFindings.ignore())
                .timeout(Duration.minutes(45))
                .build()))
            .build();

        audit.addSuppression(AuditSuppression.builder()
            .check(AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE)
            .resource(SuppressedResource.policy(gatewayPolicy))
            .description("Gateways connect under the names of their sensors until release 2 (SEC-112)")
            .expiry(SuppressionExpiry.on("2049-12-31"))
            .build());

        MitigationAction enableLogging = audit.addMitigationAction("EnableLogging", MitigationActionProps.builder()
            .mitigation(Mitigation.enableIotLogging())
            .build());
        audit.mitigateAutomatically(MitigationRule.builder()
            .checks(List.of(AuditCheck.LOGGING_DISABLED))
            .actions(List.of(enableLogging))
            .mode(MitigationMode.APPLY)
            .build());

        // The same checks on the templates, before anything is deployed. They know what the stack suppresses.
        Validations.of(app).addPlugins(DeviceDefenderChecks.Builder.create().loggingEnabledElsewhere(true).build());

        app.synth();
    }

    private TakeOverAnAccount() {
    }
}

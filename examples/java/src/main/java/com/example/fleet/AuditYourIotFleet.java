package com.example.fleet;

import io.github.cdkiotfleetaudit.AuditCheck;
import io.github.cdkiotfleetaudit.AutomaticMitigation;
import io.github.cdkiotfleetaudit.EnableIotLoggingOptions;
import io.github.cdkiotfleetaudit.FleetAudit;
import io.github.cdkiotfleetaudit.LogLevel;
import io.github.cdkiotfleetaudit.Mitigation;
import io.github.cdkiotfleetaudit.MitigationAction;
import io.github.cdkiotfleetaudit.MitigationActionProps;
import io.github.cdkiotfleetaudit.MitigationMode;
import io.github.cdkiotfleetaudit.MitigationRule;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.iot.CfnPolicy;
import software.amazon.awscdk.services.iot.CfnThingGroup;
import software.amazon.awscdk.services.sns.subscriptions.EmailSubscription;

/**
 * The lab "Audit your IoT fleet" as code, as in ../audit-your-iot-fleet.ts.
 *
 * <p>Every check is enabled and the people on call are notified. What the lab mitigates by hand is mitigated within
 * limits: logging is enabled at once, people are asked about a certificate that devices share, and a policy that is too
 * broad is only reported.
 */
public final class AuditYourIotFleet {
    public static void main(final String[] args) {
        App app = new App();
        Stack stack = new Stack(app, "AuditYourIotFleet", StackProps.builder()
            .description("AWS IoT Device Defender Audit of the fleet in this account and region")
            .build());

        // Runs every check that the region has, now and once a day.
        FleetAudit audit = new FleetAudit(stack, "FleetAudit");

        Object alertEmail = app.getNode().tryGetContext("alertEmail");
        if (alertEmail != null) {
            audit.getNotificationTopic().addSubscription(new EmailSubscription(alertEmail.toString()));
        }

        if (audit.getOnDemandAudit() != null) {
            CfnOutput.Builder.create(stack, "AuditTaskId").value(audit.getOnDemandAudit().getAuditTaskId()).build();
        }

        // The targets of the mitigation actions.
        CfnThingGroup quarantine = CfnThingGroup.Builder.create(stack, "Quarantine")
            .thingGroupName("Quarantine")
            .build();
        CfnPolicy devicePolicy = CfnPolicy.Builder.create(stack, "DevicePolicy")
            .policyDocument(Map.of(
                "Version", "2012-10-17",
                "Statement", List.of(Map.of(
                    "Effect", "Allow",
                    "Action", "iot:Connect",
                    "Resource", stack.formatArn(ArnComponents.builder()
                        .service("iot")
                        .resource("client")
                        .resourceName("${iot:Connection.Thing.ThingName}")
                        .build()),
                    "Condition", Map.of("Bool", Map.of("iot:Connection.Thing.IsAttached", "true"))))))
            .build();

        // An action does nothing by itself: a rule applies it to findings, or a person in the console or through the
        // API.
        MitigationAction deactivate =
            addAction(audit, "DeactivateCertificate", Mitigation.updateDeviceCertificate());
        MitigationAction quarantineThings =
            addAction(audit, "QuarantineThings", Mitigation.addThingsToThingGroup(List.of(quarantine)));
        MitigationAction blankDevicePolicy =
            addAction(audit, "BlankDevicePolicy", Mitigation.replaceDefaultPolicyVersion(List.of(devicePolicy)));
        MitigationAction enableLogging = addAction(audit, "EnableLogging", Mitigation.enableIotLogging(
            EnableIotLoggingOptions.builder().logLevel(LogLevel.ERROR).build()));
        addAction(audit, "PublishFinding", Mitigation.publishFindingToSns(audit.getNotificationTopic()));

        // The second half of the lab. Logging is enabled at once, since that cuts nobody off.
        AutomaticMitigation mitigation = audit.mitigateAutomatically(MitigationRule.builder()
            .checks(List.of(AuditCheck.LOGGING_DISABLED))
            .actions(List.of(enableLogging))
            .build());

        // People are asked: the things of a shared certificate go into quarantine, and then the certificate is
        // deactivated.
        audit.mitigateAutomatically(MitigationRule.builder()
            .checks(List.of(AuditCheck.DEVICE_CERTIFICATE_SHARED))
            .actions(List.of(quarantineThings, deactivate))
            .mode(MitigationMode.ASK)
            .maximumResources(5)
            .build());

        // A blank policy cuts off every device that uses it, so this rule only reports what it would do.
        audit.mitigateAutomatically(MitigationRule.builder()
            .checks(List.of(AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE))
            .actions(List.of(blankDevicePolicy))
            .mode(MitigationMode.REPORT)
            .build());

        if (alertEmail != null) {
            mitigation.addApprover(new EmailSubscription(alertEmail.toString()));
        }

        app.synth();
    }

    /** An action under the name by which reports call it, and an output with that name. */
    private static MitigationAction addAction(
            final FleetAudit audit, final String name, final Mitigation mitigation) {
        MitigationAction action = audit.addMitigationAction(name, MitigationActionProps.builder()
            .mitigation(mitigation)
            .mitigationActionName(name)
            .build());
        CfnOutput.Builder.create(action, "Name").value(action.getMitigationActionName()).build();
        return action;
    }

    private AuditYourIotFleet() {
    }
}

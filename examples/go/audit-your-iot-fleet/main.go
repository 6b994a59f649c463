// The lab "Audit your IoT fleet" as code, as in ../../audit-your-iot-fleet.ts.
//
// Every check is enabled and the people on call are notified. What the lab mitigates by hand is mitigated within limits:
// logging is enabled at once, people are asked about a certificate that devices share, and a policy that is too broad is
// only reported.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiot"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	// The types of references to resources of AWS IoT, such as thing groups and actions, are in a package of their own.
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsiot"
	"github.com/aws/jsii-runtime-go"
	audit "github.com/cdk-iot-fleet-audit/cdk-iot-fleet-audit-go/cdkiotfleetaudit"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("AuditYourIotFleet"), &awscdk.StackProps{
		Description: jsii.String("AWS IoT Device Defender Audit of the fleet in this account and region"),
	})

	// Runs every check that the region has, now and once a day.
	fleetAudit := audit.NewFleetAudit(stack, jsii.String("FleetAudit"), nil)

	alertEmail, alerts := app.Node().TryGetContext(jsii.String("alertEmail")).(string)
	if alerts {
		fleetAudit.NotificationTopic().AddSubscription(
			awssnssubscriptions.NewEmailSubscription(jsii.String(alertEmail), nil))
	}

	if onDemandAudit := fleetAudit.OnDemandAudit(); onDemandAudit != nil {
		awscdk.NewCfnOutput(stack, jsii.String("AuditTaskId"), &awscdk.CfnOutputProps{
			Value: onDemandAudit.AuditTaskId(),
		})
	}

	// The targets of the mitigation actions.
	quarantine := awsiot.NewCfnThingGroup(stack, jsii.String("Quarantine"), &awsiot.CfnThingGroupProps{
		ThingGroupName: jsii.String("Quarantine"),
	})
	devicePolicy := awsiot.NewCfnPolicy(stack, jsii.String("DevicePolicy"), &awsiot.CfnPolicyProps{
		PolicyDocument: map[string]any{
			"Version": "2012-10-17",
			"Statement": []any{map[string]any{
				"Effect": "Allow",
				"Action": "iot:Connect",
				"Resource": stack.FormatArn(&awscdk.ArnComponents{
					Service:      jsii.String("iot"),
					Resource:     jsii.String("client"),
					ResourceName: jsii.String("${iot:Connection.Thing.ThingName}"),
				}),
				"Condition": map[string]any{"Bool": map[string]any{"iot:Connection.Thing.IsAttached": "true"}},
			}},
		},
	})

	// An action does nothing by itself: a rule applies it to findings, or a person in the console or through the API.
	deactivate := addAction(fleetAudit, "DeactivateCertificate", audit.Mitigation_UpdateDeviceCertificate())
	quarantineThings := addAction(fleetAudit, "QuarantineThings", audit.Mitigation_AddThingsToThingGroup(
		&[]interfacesawsiot.IThingGroupRef{quarantine}, nil))
	blankDevicePolicy := addAction(fleetAudit, "BlankDevicePolicy", audit.Mitigation_ReplaceDefaultPolicyVersion(
		&[]interfacesawsiot.IPolicyRef{devicePolicy}))
	enableLogging := addAction(fleetAudit, "EnableLogging", audit.Mitigation_EnableIotLogging(
		&audit.EnableIotLoggingOptions{LogLevel: audit.LogLevel_ERROR}))
	addAction(fleetAudit, "PublishFinding", audit.Mitigation_PublishFindingToSns(fleetAudit.NotificationTopic()))

	// The second half of the lab. Logging is enabled at once, since that cuts nobody off.
	mitigation := fleetAudit.MitigateAutomatically(&audit.MitigationRule{
		Checks:  &[]audit.AuditCheck{audit.AuditCheck_LOGGING_DISABLED()},
		Actions: &[]interfacesawsiot.IMitigationActionRef{enableLogging},
	}, nil)

	// People are asked: the things of a shared certificate go into quarantine, and then the certificate is deactivated.
	fleetAudit.MitigateAutomatically(&audit.MitigationRule{
		Checks:           &[]audit.AuditCheck{audit.AuditCheck_DEVICE_CERTIFICATE_SHARED()},
		Actions:          &[]interfacesawsiot.IMitigationActionRef{quarantineThings, deactivate},
		Mode:             audit.MitigationMode_ASK,
		MaximumResources: jsii.Number(5),
	}, nil)

	// A blank policy cuts off every device that uses it, so this rule only reports what it would do.
	fleetAudit.MitigateAutomatically(&audit.MitigationRule{
		Checks:  &[]audit.AuditCheck{audit.AuditCheck_IOT_POLICY_OVERLY_PERMISSIVE()},
		Actions: &[]interfacesawsiot.IMitigationActionRef{blankDevicePolicy},
		Mode:    audit.MitigationMode_REPORT,
	}, nil)

	if alerts {
		mitigation.AddApprover(awssnssubscriptions.NewEmailSubscription(jsii.String(alertEmail), nil))
	}

	app.Synth(nil)
}

// addAction adds an action under the name by which reports call it, and an output with that name.
func addAction(fleetAudit audit.FleetAudit, name string, mitigation audit.Mitigation) audit.MitigationAction {
	action := fleetAudit.AddMitigationAction(jsii.String(name), &audit.MitigationActionProps{
		Mitigation:           mitigation,
		MitigationActionName: jsii.String(name),
	})
	awscdk.NewCfnOutput(action, jsii.String("Name"), &awscdk.CfnOutputProps{Value: action.MitigationActionName()})
	return action
}

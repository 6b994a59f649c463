// An account that was audited before, as in ../../take-over-an-account.ts.
//
// Its configuration is taken over, a finding that the team has accepted is suppressed, and from then on no deployment
// adds a finding of high severity. What templates show already fails at synth.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiot"
	// The types of references to resources of AWS IoT, such as mitigation actions, are in a package of their own.
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsiot"
	"github.com/aws/jsii-runtime-go"
	audit "github.com/cdk-iot-fleet-audit/cdk-iot-fleet-audit-go/cdkiotfleetaudit"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("TakeOverAnAccount"), &awscdk.StackProps{
		Description: jsii.String("AWS IoT Device Defender Audit in an account that was audited before"),
	})

	// A gateway connects under the names of its sensors, so its policy is broader than the audit likes.
	gatewayPolicy := awsiot.NewCfnPolicy(stack, jsii.String("GatewayPolicy"), &awsiot.CfnPolicyProps{
		PolicyDocument: map[string]any{
			"Version": "2012-10-17",
			"Statement": []any{map[string]any{
				"Effect": "Allow",
				"Action": "iot:Connect",
				"Resource": stack.FormatArn(&awscdk.ArnComponents{
					Service:      jsii.String("iot"),
					Resource:     jsii.String("client"),
					ResourceName: jsii.String("*"),
				}),
			}},
		},
	})

	// The role of the configuration that is there. The account gets it back when the stack is deleted.
	previousRole := awsiam.Role_FromRoleName(stack, jsii.String("PreviousRole"), jsii.String("SecurityAudit"),
		&awsiam.FromRoleNameOptions{Mutable: jsii.Bool(false)})

	fleetAudit := audit.NewFleetAudit(stack, jsii.String("FleetAudit"), &audit.FleetAuditProps{
		Checks: &[]audit.AuditCheck{
			audit.AuditCheck_DEVICE_CERTIFICATE_SHARED(),
			audit.AuditCheck_IOT_POLICY_OVERLY_PERMISSIVE(),
			audit.AuditCheck_LOGGING_DISABLED(),
			audit.AuditCheck_DeviceCertificateExpiring(awscdk.Duration_Days(jsii.Number(60))),
		},
		Existing: audit.ExistingConfiguration_Adopt(&audit.AdoptConfigurationOptions{
			OtherChecks:      audit.OtherChecks_KEEP,
			PreviousRoles:    &[]awsiam.IRole{previousRole},
			PutBackOnRemoval: jsii.Bool(true),
		}),
		Schedules: &[]audit.AuditSchedule{audit.AuditSchedule_Weekly(audit.Weekday_MONDAY)},
		DeploymentAudit: audit.DeploymentAudit_Gate(&audit.DeploymentGateOptions{
			FailOn:        audit.AuditSeverity_HIGH,
			KnownFindings: audit.KnownFindings_Ignore(nil),
			Timeout:       awscdk.Duration_Minutes(jsii.Number(45)),
		}),
	})

	fleetAudit.AddSuppression(&audit.AuditSuppression{
		Check:       audit.AuditCheck_IOT_POLICY_OVERLY_PERMISSIVE(),
		Resource:    audit.SuppressedResource_Policy(gatewayPolicy),
		Description: jsii.String("Gateways connect under the names of their sensors until release 2 (SEC-112)"),
		Expiry:      audit.SuppressionExpiry_On(jsii.String("2049-12-31")),
	})

	enableLogging := fleetAudit.AddMitigationAction(jsii.String("EnableLogging"), &audit.MitigationActionProps{
		Mitigation: audit.Mitigation_EnableIotLogging(nil),
	})
	fleetAudit.MitigateAutomatically(&audit.MitigationRule{
		Checks:  &[]audit.AuditCheck{audit.AuditCheck_LOGGING_DISABLED()},
		Actions: &[]interfacesawsiot.IMitigationActionRef{enableLogging},
		Mode:    audit.MitigationMode_APPLY,
	}, nil)

	// The same checks on the templates, before anything is deployed. They know what the stack suppresses.
	awscdk.Validations_Of(app).AddPlugins(audit.NewDeviceDefenderChecks(&audit.DeviceDefenderChecksProps{
		LoggingEnabledElsewhere: jsii.Bool(true),
	}))

	app.Synth(nil)
}

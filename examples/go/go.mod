module example.com/fleet

go 1.25

require (
	github.com/aws/aws-cdk-go/awscdk/v2 v2.276.0
	github.com/aws/jsii-runtime-go v1.142.0
	github.com/cdk-iot-fleet-audit/cdk-iot-fleet-audit-go/cdkiotfleetaudit v0.0.0
)

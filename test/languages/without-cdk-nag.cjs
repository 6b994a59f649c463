// The examples acknowledge findings of cdk-nag, by ids that aws-cdk-lib accepts from 2.269.0. No template has them.
const { Validations } = require('aws-cdk-lib');

const { acknowledge } = Validations.prototype;

Validations.prototype.acknowledge = function (...rules) {
  acknowledge.apply(this, rules.filter(({ id }) => !id.startsWith('AwsSolutions-')));
};

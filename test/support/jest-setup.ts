// Validating every template takes seconds; test/strict-validation.test.ts does it once.
process.env.CDK_VALIDATION = 'false';
// A trace for every construct takes one fourteenth of the time of tests that synthesize, and nobody reads it; nor the
// copies of the function's code, one in each assembly. Tests of what is copied switch that on again.
process.env.CDK_CONTEXT_JSON = JSON.stringify({
  'aws:cdk:disable-creation-stack-traces': true, 'aws:cdk:disable-stack-trace': true,
  'aws:cdk:disable-asset-staging': true,
});
// The function runs on the Node.js of Lambda; that the tests may run on an older one is no news.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

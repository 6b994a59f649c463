// Validating every template takes seconds; test/strict-validation.test.ts does it once.
process.env.CDK_VALIDATION = 'false';
// The function runs on the Node.js of Lambda; that the tests may run on an older one is no news.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// Validating every template takes seconds; test/strict-validation.test.ts does it once.
process.env.CDK_VALIDATION = 'false';

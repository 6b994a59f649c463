/** What is unverified about the model of Step Functions. */
export const STEP_FUNCTIONS_DISCLAIMER = [
  'State machines are run by the npm package aws-local-stepfunctions, within a model built from public documentation. Unverified in particular:',
  '- names of errors that integrations give, other than those of Lambda and those that a service models (here: as the SDK for Java has them)',
  '- results of operations of AWS IoT: members in PascalCase, times in ISO 8601; null as an argument (here: counts as absent)',
  '- for how long a token is known after its task (here: for ever), and an answer without the name of an error (here: States.TaskFailed)',
  '- a machine that is deleted ends its executions at once, and a redrive runs every item of a Map state again (AWS: only what failed)',
  'Not modelled: JSONata, variables, distributed maps, $$.State, Express machines, jobs (.sync), heartbeats, jitter, the time between',
  'attempts of Map and Parallel states, the history\'s limit of 25,000 events, and the permissions that keys of topics need.',
].join('\n');

import { IOT_OPERATIONS, KINDS, OTHER_OPERATIONS, SAMPLE_FLEET } from './options';

const COMMAND = 'npx cdk-iot-fleet-audit rehearse';

export const HELP = `Deploys a CDK app to a model of AWS on this machine, without an AWS account.

  ${COMMAND} [options]

The stacks of the app are deployed in the order of CloudFormation, to a stand-in of AWS IoT Device Defender audit that
holds a small fleet. The functions of custom resources run, with the permissions that their roles have. You see what
happens to each resource, what audits find in the fleet, which notifications go out, and whether the deployment would
fail. Then you see what follows an audit, in order: events, rules, state machines, mitigation, messages, questions and
answers, alarms, files in buckets, what changed in the fleet, and what the next audit says. A scheduled audit runs once
if an alarm watches it. Nothing reaches AWS.

It is a model built from documents: that a deployment succeeds here does not prove that it succeeds in AWS.

Options
  --app <command or directory>    a command that synthesizes the app, or a cloud assembly (default: the app of cdk.json)
  --previous <directory>          a cloud assembly that is deployed first, quietly: the rehearsal is then an update
  --fleet <file>                  the fleet to audit, as JSON (default: the sample, see below)
  --fault <operation:kind[:times]>
                                  a fault of a service, repeatable; times is a number or "always" (default: 1)
  --answer <approve, decline or none>
                                  the answer to state machines that ask for approval (default: approve)
  --delete                        delete the stacks afterwards and show what stays
  --format <text or json>         json: one JSON document on the standard output, progress on the standard error
                                  (default: text)
  --verbose                       print what the functions log, every step of a resource, and all that is unverified
  -h, --help                      print this

Examples
  ${COMMAND}                                          the app of cdk.json
  ${COMMAND} --app "node app.js" --delete             another app; what stays when it is deleted
  ${COMMAND} --app cdk.out --format json              an assembly that is there already; for scripts
  ${COMMAND} --previous before.out                    an update: cdk synth --output before.out made the assembly
  ${COMMAND} --fault StartOnDemandAuditTask:throttle:5
  ${COMMAND} --fault PutAnswer:dropConnection:always --fault DescribeAuditTask:delay=2000

Kinds of faults: what happens to a request
${Object.entries(KINDS)
  .map(([kind, effect]) => `  ${kind.padEnd(20)} ${effect}`)
  .join('\n')}

Operations that faults can disturb
  of AWS IoT
${columns(IOT_OPERATIONS)}
  of other services; PutAnswer is the answer of a custom resource to CloudFormation
${columns(OTHER_OPERATIONS)}
  Calls of functions and of state machines are disturbed, where both make them each as often as given. State machines
  try again: a line says how often. After 60 s the rehearsal goes on without what still runs.

The fleet is a JSON file with certificates, caCertificates, policies, logging, things, thingGroups and plantedFindings,
each optional:
  { "certificates": [{ "certificateId": "<64 hexadecimal digits>", "status": "ACTIVE", "notAfter": "+20d",
                       "things": ["pump-1"], "connections": [{ "clientId": "pump-1", "from": "-3h" }] }],
    "policies": [{ "policyName": "PumpPolicy", "versions": [{ "versionId": "1", "document": { "Statement": [] } }] }],
    "logging": { "roleArn": "<ARN>", "defaultLogLevel": "ERROR" } }
A time is ISO 8601 text, or relative to now: +20d, -3h, -90m. To start from the sample, copy
  ${SAMPLE_FLEET}

The JSON document has
  disclaimer, outcome             what the model is, and "succeeded" or "failed", then with a reason if nothing began
  stacks                          for each deployment or deletion of a stack: status, numbers of resources, failures
  audits, notifications           each audit with its findings, and each message that an audit or a mitigation action sent
  afterAudit                      for each account, what followed:
    steps                         in order, each with a time and step: "event" (detailType, detail, deliveries),
                                  "mitigation task" (actions and numbers of findings by check), "message", "report",
                                  "notice" and "question" (topic, subject, text), "answer"
    executions                    of state machines: status, error, cause, retries; isAsking if one waits for an answer
    alarms                        state, values and threshold or why it was not evaluated, actions; only if there are any
    storedObjects                 what functions have put into buckets; only if there is anything
    messagesLeft                  numbers of messages that could not be handled, yet or at all
    stoppedWaitingAfter           milliseconds; only if something still ran then
    fleetChanges                  what mitigation changed: statuses of certificates, groups of things, default versions
                                  of policies, logging
    nextAudit                     like audits, with the numbers before, and the ids of certificates that are inactive by
                                  now; only if something was mitigated
  remains                         what stays after --delete

What is not rehearsed
  * custom resources whose functions are not Node.js code in a directory, or need a service or a module of the AWS SDK
    that has no stand-in: they are taken for done, and listed at the end
  * nested stacks, macros and some functions of templates: the stack is refused, with the reason
  * of what carries messages: other event buses than the default one, schedules, targets of rules beside queues, topics,
    functions and state machines, filters and other sources of functions than queues, encryption, and messages for
    people; of state machines: JSONata, variables, distributed maps, Express machines and most integrations
  * of alarms: composite ones, anomaly detection, most expressions, metrics of most services, actions beside topics
  * what other resources do: they only exist and have names

Ends with 0 if the deployment succeeds, with 1 if it would fail, and with 2 if the command line is wrong.`;

/** Names in lines of a terminal. */
function columns(names: readonly string[]): string {
  const lines: string[] = [];
  for (const name of names) {
    const longer = `${lines.at(-1)}, ${name}`;
    if (lines.length === 0 || longer.length > 120) lines.push(`    ${name}`);
    else lines.splice(-1, 1, longer);
  }
  return lines.join(',\n');
}

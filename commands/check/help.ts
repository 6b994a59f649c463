import { CARRIED_OUT, NOT_CARRIED_OUT } from './check-names';

const COMMAND = 'npx cdk-iot-fleet-audit check';

export const HELP = `Checks CloudFormation templates by the rules of AWS IoT Device Defender Audit, before they are deployed.

  ${COMMAND} [options] TEMPLATE...
  some-tool | ${COMMAND} [options]

A TEMPLATE is a file in YAML or JSON (CloudFormation, SAM, or what the CDK writes), a cdk.out or another folder, a
pattern in quotes, or - for the standard input. All of them are checked together as one deployment: roles, policies and
nested stacks may lie in different files. No AWS account is needed, and nothing leaves this machine. Nor is the CDK
needed: with the environment variable npm_config_omit=peer, npx does not download it.

Each check finds a resource compliant, non-compliant, or undecided: where the answer depends on a parameter, an import
or something else that only the deployment knows, or where AWS's pages leave it open, the report says on what.

Options
  --format <text, json or sarif>  the report on the standard output (default: text)
  --output <file>                 another report in a file, repeatable; its name ends with .txt, .json or .sarif
  --fail-on <severity>            the lowest severity of findings that end the command with 1: LOW, MEDIUM, HIGH,
                                  CRITICAL, or none (default: CRITICAL)
  --fail-on-undecided             end with 1 also if a check cannot be decided
  --check <check>                 carry out this check only, repeatable, in all regions (default: every check that the
                                  region has)
  --ignore <CHECK:RESOURCE=reason>
                                  accept findings, repeatable; see below
  --ignore-file <file>            a file with such entries, repeatable

What templates do not say
  --parameters <Name=Value ...>   values of parameters, or JSON files with values, repeatable; see below
  --assume-defaults               take the defaults of parameters, which a deployment may override
  --region <region>               the region, if the template does not say it: some checks do not exist everywhere
  --used-service <prefix>         a service that devices use through role aliases, repeatable, by its IAM prefix, for
                                  example s3 (default: all that a role allows)
  --logging-enabled-elsewhere     something else enables the logs of AWS IoT in the account and region
  --provisioning-parameters-validated
                                  a hook makes sure that what devices send to fleet provisioning are names

  -h, --help                      print this

Examples
  ${COMMAND} template.yaml
  ${COMMAND} parent.yaml child.yaml --parameters Env=prod
  ${COMMAND} cdk.out --fail-on MEDIUM
  ${COMMAND} 'stacks/**/*.yaml' '!**/test/**' --output findings.sarif
  aws cloudformation get-template --stack-name Fleet --query TemplateBody | ${COMMAND}

Ends with
  0   no finding is as severe as --fail-on says
  1   some are; or a file cannot be read, while others could: what was not read is not known to be safe
  2   the command line is wrong, or no template could be read

Findings that are accepted
  --ignore IOT_POLICY_OVERLY_PERMISSIVE:GatewayPolicy='gateways publish for their sensors, SEC-112'
  RESOURCE is a logical id, the end of a file's path and a logical id (stacks/child.yaml:GatewayPolicy), or * for all
  resources of the check. There must be a reason. Ignored findings stay in each report, with their reasons; entries that
  ignore nothing are named. A file has one entry in each line, without quotes; lines that begin with # are comments.
  UNREAD_TEMPLATE is a CHECK, too: it stands for what cannot be read; so is STATEMENT_WITHOUT_EFFECT, for remarks.

Parameters
  ${COMMAND} cdk.out --parameters Env=prod Size=3 --parameters Fleet/Env=test
  A value holds for all templates that have the parameter; after the name of a stack and a slash, for this stack of a
  cdk.out. A file has one of the shapes that AWS's tools know:
  [{ "ParameterKey": "Env", "ParameterValue": "prod" }]      ["Env=prod"]
  { "Parameters": { "Env": "prod" } }                        { "Env": "prod" }
  A later --parameters replaces the value of an earlier one.

Checks, with or without _CHECK, in upper or lower case
${CARRIED_OUT.map(({ checkName, severity }) => `  ${severity.padEnd(8)} ${checkName}`).join('\n')}
  The others need to know what devices have done; an audit of the account carries them out:
${NOT_CARRIED_OUT.map((checkName) => `           ${checkName}`).join('\n')}

The JSON document has
  version                         1; another number if something in the document changes its meaning, or goes
  tool                            name and version of this package
  summary                         templates, resources, nonCompliant, undecided, compliant, ignored, unreadFiles,
                                  exitCode, exitReason; each resource counts once, by the worst of its findings
  findings                        the worst first: check, severity, verdict (NON_COMPLIANT, UNDECIDED or REMARK),
                                  reasonCode, file, line, resource (its logical id), type, failing, ignored (the reason,
                                  if it is), statements (line, path, value), why, fix, documentation
  unread                          what could not be read: file, line, resource, type, failing, ignored, reason, fix
  skipped                         file and reason: what patterns and folders hold that is no template
  notes                           remarks about the command line

Colours are used on a terminal, unless NO_COLOR is set, and elsewhere if FORCE_COLOR is.`;

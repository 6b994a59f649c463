import { CHECK_TABLE } from '../../checks/check-table';
import { ADOPTED_LOGGING_TYPE } from '../../logging/protocol';
import { compliant, Finding, Verdict } from '../finding';
import { CheckContext, TemplateCheck } from '../template-check';
import { MORE_CONDITIONS } from '../templates/conditions';
import { Resolver } from '../templates/resolver';
import { property, Resource, Template } from '../templates/template';
import { reasonsIn, Unknown } from '../templates/value';

const check = CHECK_TABLE.LOGGING_DISABLED;
const LOGGING = ['AWS::IoT::Logging', ADOPTED_LOGGING_TYPE];
const RESOURCE_SPECIFIC_LOGGING = 'AWS::IoT::ResourceSpecificLogging';
const DISABLED = 'DISABLED';
const ENABLED = ['ERROR', 'WARN', 'INFO', 'DEBUG'];

/**
 * `LOGGING_DISABLED_CHECK` rests on: "AWS IoT logs are not enabled in Amazon CloudWatch". AWS does not call
 * any log level too low, so every level but `DISABLED` counts as enabled.
 *
 * Logging is a setting of the account. If no template declares it, the check cannot be decided for templates with
 * resources of AWS IoT.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-logging-disabled.html
 */
export const LOGGING_DISABLED: TemplateCheck = {
  check,
  find: (context) => environmentsIn(context).flatMap((environment) => findIn(environment, context)),
};

/** Templates that are deployed to one account and region, and the resources in them that set logging. */
interface Environment {
  readonly templates: Template[];
  readonly logging: Resource[];
  hasResourceSpecificLogging: boolean;
}

function environmentsIn({ fleet }: CheckContext): Environment[] {
  const environments = new Map<string, Environment>();
  for (const template of fleet.templates) {
    const key = `${template.account ?? ''}/${template.region ?? ''}`;
    let environment = environments.get(key);
    if (!environment) {
      environment = { templates: [], logging: [], hasResourceSpecificLogging: false };
      environments.set(key, environment);
    }
    environment.templates.push(template);
    environment.logging.push(...template.resources.filter(({ type }) => LOGGING.includes(type)));
    environment.hasResourceSpecificLogging ||= template.resources.some(({ type }) =>
      type === RESOURCE_SPECIFIC_LOGGING);
  }
  return [...environments.values()];
}

function findIn(environment: Environment, { outcomes, facts }: CheckContext): Finding[] {
  const { logging, templates } = environment;
  const absent = facts.loggingEnabledElsewhere ? Verdict.COMPLIANT : undefined;
  const verdicts = outcomes.each((resolver) => verdictOn(logging, resolver, absent));
  if (verdicts.every((verdict) => verdict === undefined)) return undeclared(templates);

  const [resource] = logging;
  if (verdicts.every((verdict) => verdict === Verdict.COMPLIANT)) return resource ? [compliant(check, resource)] : [];

  const template = resource?.template ?? templates[0];
  const finding = { check, resource, template, locations: [property('DefaultLogLevel')] };
  if (!verdicts.every((verdict) => verdict === Verdict.NON_COMPLIANT)) {
    const open = verdicts.find((verdict) => verdict instanceof Unknown);
    const reason = open?.reason ?? 'a condition or value that is decided at deployment';
    return [{ ...finding, verdict: Verdict.UNDECIDED, why: `Whether logs are enabled depends on ${reason}` }];
  }
  if (environment.hasResourceSpecificLogging) {
    const why =
      'Logs are disabled by default and enabled for single resources; AWS does not say how the check rates that';
    return [{ ...finding, verdict: Verdict.UNDECIDED, why }];
  }
  return [{
    ...finding,
    verdict: Verdict.NON_COMPLIANT,
    reasonCode: 'LOGGING_DISABLED',
    why: 'AWS IoT writes no logs with the default log level DISABLED',
    fix: 'set DefaultLogLevel to ERROR, WARN, INFO or DEBUG',
  }];
}

type Level = Verdict.COMPLIANT | Verdict.NON_COMPLIANT | Unknown;

/**
 * The verdict in one outcome of the open choices.
 *
 * @param absent the verdict if no template declares logging in it
 */
function verdictOn(logging: readonly Resource[], resolver: Resolver, absent: Level | undefined): Level | undefined {
  const declared = logging.filter((resource) => resolver.exists(resource));
  const levels = declared.filter((resource) => resolver.existence(resource)).map((each) => levelOf(each, resolver));
  const perhaps = declared.filter((resource) => !resolver.existence(resource)).map((each) => levelOf(each, resolver));
  // One that disables logs counts more than others.
  if (levels.includes(Verdict.NON_COMPLIANT)) return Verdict.NON_COMPLIANT;
  if (perhaps.some((level) => level !== Verdict.COMPLIANT)) return new Unknown(MORE_CONDITIONS);
  const missing = perhaps.length > 0 ? absent ?? new Unknown(MORE_CONDITIONS) : absent;
  return levels.find((level) => level instanceof Unknown) ?? levels[0] ?? missing;
}

function levelOf(resource: Resource, resolver: Resolver): Level {
  const level = resolver.resolve(resource.template, resource.properties.DefaultLogLevel);
  if (level === DISABLED) {
    return resource.properties.Keep === undefined
      ? Verdict.NON_COMPLIANT
      : new Unknown('what the account logs already');
  }
  if (ENABLED.includes(level as string)) return Verdict.COMPLIANT;
  return new Unknown([...reasonsIn(level)][0] ?? 'a log level that AWS IoT does not have');
}

function undeclared(templates: readonly Template[]): Finding[] {
  const template = templates.find(({ resources }) =>
    resources.some(({ type }) => type.startsWith('AWS::IoT::') && !LOGGING.includes(type)));
  return template ? [{
    check,
    template,
    verdict: Verdict.UNDECIDED,
    locations: [],
    why: 'No template enables the logs of AWS IoT in this account and region (AWS::IoT::Logging); they may be enabled '
      + 'elsewhere',
    fix: 'declare logging, or say that it is enabled elsewhere',
  }] : [];
}

import { GraphWidget, IMetric, IWidget, MathExpression, Metric, MetricOptions, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { AuditCheck } from '../checks/audit-check';
import { SEVERITIES } from '../checks/check-table';

/** An audit, as far as graphs need it. */
export interface GraphedAudit {
  /** Markdown. */
  readonly title: string;
  readonly checks: readonly AuditCheck[];
  nonCompliantResources(check: AuditCheck, options?: MetricOptions): Metric;
  resourcesEvaluated(check: AuditCheck, options?: MetricOptions): Metric;
}

/** A check with the names of its metrics in expressions. */
interface NumberedCheck {
  readonly check: AuditCheck;
  readonly nonCompliant: string;
  readonly evaluated: string;
}

/** Colors of severities, the worst first. */
const COLORS: Readonly<Record<string, string>> = {
  CRITICAL: '#d62728', HIGH: '#ff7f0e', MEDIUM: '#dbab09', LOW: '#1f77b4', OTHER: '#7f7f7f',
};

const [WIDTH, HEIGHT] = [8, 7];

/** A title and a row of graphs for an audit: non-compliant resources by severity and by check, and their share. */
export function graphsOf(audit: GraphedAudit): IWidget[][] {
  const checks = audit.checks.map((check, index) => ({
    check, nonCompliant: `found${index + 1}`, evaluated: `evaluated${index + 1}`,
  }));
  const severities = Object.keys(COLORS)
    .map((severity) => [severity, checks.filter(({ check }) => severityOf(check) === severity)] as const)
    .filter(([, ofSeverity]) => ofSeverity.length > 0);
  return [
    [new TextWidget({ markdown: audit.title, width: 3 * WIDTH, height: 1 })],
    [
      graph('Non-compliant resources by severity', severities.map(([severity, ofSeverity]) =>
        foundMetric(audit, severity, ofSeverity))),
      graph('Non-compliant resources by check', checks.map(({ check }) =>
        audit.nonCompliantResources(check, { label: labelOf(check) }))),
      graph('Share of resources that are non-compliant (%)', severities.map(([severity, ofSeverity]) =>
        shareMetric(audit, severity, ofSeverity))),
    ],
  ];
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, leftYAxis: { min: 0, showUnits: false }, width: WIDTH, height: HEIGHT });
}

/** A sum over the checks that have data: one that fails must not hide the others. */
function foundMetric(audit: GraphedAudit, severity: string, checks: readonly NumberedCheck[]): MathExpression {
  return expression(severity, sumOf(checks.map(({ nonCompliant }) => nonCompliant)), foundMetrics(audit, checks));
}

function shareMetric(audit: GraphedAudit, severity: string, checks: readonly NumberedCheck[]): MathExpression {
  const found = sumOf(checks.map(({ nonCompliant }) => nonCompliant));
  const evaluated = sumOf(checks.map((check) => check.evaluated));
  return expression(severity, `100 * ${found} / ${evaluated}`, {
    ...foundMetrics(audit, checks),
    ...Object.fromEntries(checks.map((check) => [check.evaluated, audit.resourcesEvaluated(check.check)])),
  });
}

function foundMetrics(audit: GraphedAudit, checks: readonly NumberedCheck[]): Record<string, Metric> {
  return Object.fromEntries(checks.map(({ check, nonCompliant }) =>
    [nonCompliant, audit.nonCompliantResources(check)]));
}

function expression(severity: string, text: string, usingMetrics: Record<string, Metric>): MathExpression {
  const [{ period }] = Object.values(usingMetrics);
  return new MathExpression({ expression: text, label: severity, color: COLORS[severity], usingMetrics, period });
}

function sumOf(names: readonly string[]): string {
  return `SUM([${names.join(', ')}])`;
}

/** A severity that only the deployment knows counts as another one. */
function severityOf({ severity }: AuditCheck): string {
  return SEVERITIES.includes(severity) ? severity : 'OTHER';
}

function labelOf({ checkName }: AuditCheck): string {
  return checkName.replace(/_CHECK$/, '');
}

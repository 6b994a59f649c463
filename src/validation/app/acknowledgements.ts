import { CfnElement, Stack, Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { AcceptedFindings } from './accepted-findings';
import { Finding, ruleNameOf } from '../finding';

/** The plugin in an id. CDK writes `Annotation::` before an id without one. */
const NAMESPACE = /^([^:]*)::/;

/** Acknowledgements of findings, with the reasons of the user. */
export class Acknowledgements {
  /** Ids and reasons by the path of the construct. */
  private readonly rules = new Map<string, [string, string][]>();
  private paths?: Map<string, string>;

  /**
   * @param app the app with acknowledgements; undefined for templates without one
   * @param pluginName the name of the plugin in acknowledgements
   * @param accepted the findings of a list that acknowledges them, too
   */
  constructor(
    private readonly app: IConstruct | undefined, private readonly pluginName: string,
    private readonly accepted: AcceptedFindings,
  ) {
    for (const construct of app?.node.findAll() ?? []) {
      for (const { type, data } of construct.node.metadata) {
        if (type !== Validations.ACKNOWLEDGED_RULES_METADATA_KEY || typeof data !== 'object' || data === null) continue;
        const rules = Object.entries(data).map(([id, reason]): [string, string] => [id, String(reason)]);
        this.rules.set(construct.node.path, [...this.rules.get(construct.node.path) ?? [], ...rules]);
      }
    }
  }

  /** The reason given for the construct of a finding or one around it. `byCdk` is true if CDK itself acts upon it. */
  of(finding: Finding): { readonly reason: string; readonly byCdk: boolean } | undefined {
    const reason = this.accepted.reasonFor(finding, (construct) => this.isWithin(finding, construct));
    return reason === undefined ? this.acknowledged(finding) : { reason, byCdk: false };
  }

  private acknowledged(finding: Finding): { readonly reason: string; readonly byCdk: boolean } | undefined {
    if (this.rules.size === 0) return undefined;
    for (let path = this.pathOf(finding); path !== undefined; path = around(path)) {
      for (const [id, reason] of this.rules.get(path) ?? []) {
        if (id.replace(NAMESPACE, '') !== ruleNameOf(finding)) continue;
        const namespace = NAMESPACE.exec(id)?.[1] ?? '';
        if (namespace === this.pluginName) return { reason, byCdk: true };
        if (/^annotation$/i.test(namespace)) return { reason, byCdk: false };
      }
    }
    return undefined;
  }

  /** True if the finding is about the construct or one within it. */
  private isWithin(finding: Finding, construct: IConstruct): boolean {
    for (let path = this.pathOf(finding); path !== undefined; path = around(path)) {
      if (path === construct.node.path) return true;
    }
    return false;
  }

  private pathOf({ resource, template, stackConstructPath }: Finding): string | undefined {
    const stack = template?.stackConstructPath ?? stackConstructPath;
    if (!resource) return stack;
    return this.pathsByLogicalId().get(`${stack}\n${resource.logicalId}`) ?? stack;
  }

  private pathsByLogicalId(): Map<string, string> {
    if (this.paths) return this.paths;
    this.paths = new Map();
    for (const construct of this.app?.node.findAll() ?? []) {
      if (!CfnElement.isCfnElement(construct)) continue;
      const stack = Stack.of(construct);
      this.paths.set(`${stack.node.path}\n${stack.resolve(construct.logicalId)}`, construct.node.path);
    }
    return this.paths;
  }
}

/** The path of the construct around another. */
function around(path: string): string | undefined {
  if (path === '') return undefined;
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

import { Resolver } from '../templates/resolver';
import { Resource, Template } from '../templates/template';
import { canonical, display, partsOf, textOf, Value } from '../templates/value';

/** Resources of IAM by the names that templates give them, which are unique within an account. */
export class IamNames {
  /** @param nameProperty the property that names resources of the type */
  static in(resolver: Resolver, type: string, nameProperty: string): IamNames {
    return resolver.remember(`names of ${type}`, () => new IamNames(resolver, type, nameProperty));
  }

  private readonly byName = new Map<string, Resource[]>();

  private constructor(resolver: Resolver, type: string, nameProperty: string) {
    for (const resource of resolver.fleet.resourcesOfType(type)) {
      if (resource.properties[nameProperty] === undefined) continue;
      const key = canonical(resolver.resolve(resource.template, resource.properties[nameProperty]));
      this.byName.set(key, [...this.byName.get(key) ?? [], resource]);
    }
  }

  /**
   * The resources that a name or ARN in a template may stand for. There can be several if templates of unknown accounts
   * give the same name.
   */
  find(resolver: Resolver, nameOrArn: Value, referrer: Template): readonly Resource[] {
    const account = accountOf(nameOrArn, referrer);
    const named = this.byName.get(canonical(nameIn(nameOrArn))) ?? [];
    const possible = named.filter(({ template }) => !areApart(template.account, account));
    const existing = possible.length > 1 ? possible.filter((resource) => resolver.exists(resource)) : possible;
    const beside = existing.filter(({ template }) => template === referrer);
    const inAccount = existing.filter(({ template }) => account !== undefined && template.account === account);
    return beside.length > 0 ? beside : inAccount.length > 0 ? inAccount : existing;
  }
}

/** The account of an ARN, or else of the template that uses the name, if it is known. */
export function accountOf(nameOrArn: Value, referrer: Template): string | undefined {
  return /:iam::(\d{12}):/.exec(display(nameOrArn))?.[1] ?? referrer.account;
}

/** The name at the end of an ARN, or the name itself. */
export function nameIn(nameOrArn: Value): Value {
  const parts = partsOf(nameOrArn) ?? [];
  const last = parts.map((part) => typeof part === 'string' && part.includes('/')).lastIndexOf(true);
  const text = parts[last];
  return typeof text === 'string'
    ? textOf([text.slice(text.lastIndexOf('/') + 1), ...parts.slice(last + 1)])
    : nameOrArn;
}

/** True if two accounts are known to differ. */
export function areApart(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

import { basename, dirname, join, resolve } from 'path';
import { assetFilesIn } from './asset-files';
import { isFile } from './file-text';
import { FileTexts } from './file-texts';
import { GivenFile } from './given-files';
import { nestedStacksIn, NestedStackResource, takesParameters, withNestedApplications } from './nested-stacks';
import { otherFile } from './other-files';
import { ParsedText, UnreadableText } from './parsed-text';
import { UnreadableTemplate } from '../templates/fleet-templates';
import { isJsonObject, JsonObject, Template } from '../templates/template';

/** Limit that only hostile templates reach, whose stacks double with every level. */
const MOST_NESTED = 1_000;

/** A file with a template, from which any number of stacks is made. */
interface Source {
  readonly file: GivenFile;
  readonly body: JsonObject;
  readonly lines: ParsedText['lines'];
  readonly nested: readonly NestedStackResource[];

  /** The templates of its nested stacks, or why there is none. */
  readonly targets: Map<NestedStackResource, Source | string | undefined>;
}

/** A stack to be made of a template. */
interface PlannedStack {
  readonly source: Source;
  readonly around?: PlannedStack;
  readonly logicalId?: string;

  /** Why nested stacks of it are not followed, by logical id. */
  readonly notFollowed: Map<string, string>;
}

/** The templates of all stacks, and the nested stacks whose templates cannot be read. */
export interface TreeOfStacks {
  readonly templates: readonly Template[];
  readonly unreadable: readonly UnreadableTemplate[];
}

/**
 * Makes stacks of templates. A template that is that of a nested stack is no stack of its own, and one for each nested
 * stack that has it.
 */
export class StackTree {
  /** The sources by path, with those that only nested stacks lead to. */
  private readonly sources = new Map<string, Source>();
  private readonly given = new Set<Source>();
  private readonly assets = new Map<string, ReadonlyMap<string, string>>();
  private readonly planned: PlannedStack[] = [];
  private readonly isPlanned = new Set<Source>();

  constructor(private readonly texts: FileTexts, private readonly region?: string) {}

  add(file: GivenFile, parsed: ParsedText): void {
    this.given.add(this.addSource(file, parsed));
  }

  build(): TreeOfStacks {
    const nested = this.followAll();
    this.given.forEach((source) => {
      if (source.file.stack || !nested.has(source)) this.plan(source);
    });
    const inCircles = [...this.given].filter((source) => !this.isPlanned.has(source));
    inCircles.forEach((source) => this.plan(source));
    return this.make();
  }

  private addSource(file: GivenFile, { json, lines }: ParsedText): Source {
    const body = withNestedApplications(json as JsonObject);
    const folder = dirname(file.path);
    const nested = nestedStacksIn(body, () => this.assetsIn(folder));
    const source = { file, body, lines, nested, targets: new Map() };
    this.sources.set(resolve(file.path), source);
    return source;
  }

  private assetsIn(folder: string): ReadonlyMap<string, string> {
    let assets = this.assets.get(folder);
    if (!assets) this.assets.set(folder, assets = assetFilesIn(folder));
    return assets;
  }

  /** Finds the templates of all nested stacks, and of those within them. */
  private followAll(): Set<Source> {
    const nested = new Set<Source>();
    const waiting = [...this.given];
    for (let source = waiting.pop(); source; source = waiting.pop()) {
      for (const resource of source.nested) {
        const target = this.targetOf(source, resource);
        source.targets.set(resource, target);
        if (typeof target !== 'object' || nested.has(target) || target === source) continue;
        nested.add(target);
        if (!this.given.has(target)) waiting.push(target);
      }
    }
    return nested;
  }

  private targetOf(source: Source, resource: NestedStackResource): Source | string | undefined {
    const folder = dirname(source.file.path);
    const paths = resource.paths.map((path) => resolve(folder, path) === path ? path : join(folder, path));
    const path = paths.find((each) => this.sources.has(resolve(each)) || isFile(each));
    if (path !== undefined) return this.sources.get(resolve(path)) ?? this.read(path, resource);
    if (resource.fileName !== undefined) return this.givenAs(resource.fileName, source, resource);
    return paths.length > 0
      ? `the template of the nested stack ${resource.logicalId} is not at ${paths[paths.length - 1]}` : undefined;
  }

  private read(path: string, { logicalId }: NestedStackResource): Source | string {
    try {
      const parsed = this.texts.read(path);
      const other = otherFile(parsed.json);
      if (other) return `the nested stack ${logicalId} has ${path}, and this is ${other.reason}`;
      if (parsed.isFollowed) return `another document follows the template of the nested stack ${logicalId}, ${path}`;
      return this.addSource({ path, isGiven: false }, parsed);
    } catch (error) {
      if (!(error instanceof UnreadableText)) throw error;
      return `the template of the nested stack ${logicalId}, ${path}, cannot be read: ${error.reason}`;
    }
  }

  /**
   * The only file with the name in a URL, if it takes the parameters of the nested stack. Templates are uploaded under
   * their names, and a file that has the name by chance hardly has the same parameters, too.
   */
  private givenAs(name: string, parent: Source, resource: NestedStackResource): Source | string | undefined {
    const named = [...this.given].filter((source) => source !== parent && basename(source.file.path) === name);
    if (named.length !== 1) return undefined;
    return takesParameters(named[0].body, resource) ? named[0]
      : `${named[0].file.path} does not have the parameters that the nested stack ${resource.logicalId} passes`;
  }

  private plan(source: Source, around?: PlannedStack, logicalId?: string): void {
    const stack = { source, around, logicalId, notFollowed: new Map<string, string>() };
    this.planned.push(stack);
    this.isPlanned.add(source);
    for (const resource of source.nested) {
      const target = source.targets.get(resource);
      const why = typeof target === 'object' ? this.whyNotFollowed(stack, target, resource) : target;
      if (why !== undefined) stack.notFollowed.set(resource.logicalId, why);
      else if (typeof target === 'object') this.plan(target, stack, resource.logicalId);
    }
  }

  private whyNotFollowed(
    stack: PlannedStack, target: Source, { logicalId }: NestedStackResource,
  ): string | undefined {
    for (let outer: PlannedStack | undefined = stack; outer; outer = outer.around) {
      if (outer.source === target) return `the nested stack ${logicalId} leads back to ${target.file.path}`;
    }
    return this.planned.length >= this.given.size + MOST_NESTED
      ? `the nested stack ${logicalId} is one of more than ${MOST_NESTED}` : undefined;
  }

  private make(): TreeOfStacks {
    const uses = new Map<Source, number>();
    this.planned.forEach(({ source }) => uses.set(source, (uses.get(source) ?? 0) + 1));
    const made = new Map<PlannedStack, Template>();
    const unreadable: UnreadableTemplate[] = [];
    for (const stack of this.planned) {
      const template = this.templateOf(stack, made, uses.get(stack.source)! > 1);
      made.set(stack, template);
      const { templatePath, stackConstructPath } = template;
      stack.notFollowed.forEach((reason, logicalId) =>
        unreadable.push({ template, templatePath, stackConstructPath, logicalId, reason }));
    }
    return { templates: [...made.values()], unreadable };
  }

  private templateOf(
    stack: PlannedStack, made: ReadonlyMap<PlannedStack, Template>, isOneOfSeveral: boolean,
  ): Template {
    const { source: { file, body, lines }, around, logicalId } = stack;
    const common = { body, lines, templatePath: file.path };
    const outer = around && made.get(around);
    if (!outer || logicalId === undefined) {
      const region = file.stack?.region ?? this.region;
      return new Template({ ...common, templateId: file.path, ...file.stack, region });
    }
    return new Template({
      ...common,
      templateId: `${outer.templateId}/${logicalId}`,
      stackConstructPath: constructPathOf(around.source.body, outer, logicalId),
      account: outer.account,
      region: outer.region,
      parent: { template: outer, logicalId },
      nestedName: isOneOfSeveral ? nestedNameOf(stack) : undefined,
    });
  }
}

/** The construct path of a nested stack; `undefined` if CDK did not make it. */
function constructPathOf({ Resources }: JsonObject, outer: Template, logicalId: string): string | undefined {
  if (outer.stackConstructPath === undefined) return undefined;
  const declared = isJsonObject(Resources) ? Resources[logicalId] : undefined;
  const metadata = isJsonObject(declared) && isJsonObject(declared.Metadata) ? declared.Metadata : {};
  const path = metadata['aws:cdk:path'];
  if (typeof path !== 'string') return `${outer.stackConstructPath}/${logicalId}`;
  return path.replace(/\.NestedStack\/[^/]*$/, '');
}

/** The logical ids of a nested stack and those around it, and the file of the outermost stack. */
function nestedNameOf(stack: PlannedStack): string {
  const logicalIds: string[] = [];
  let outermost = stack;
  for (let outer: PlannedStack | undefined = stack; outer; outer = outer.around) {
    if (outer.logicalId !== undefined) logicalIds.unshift(outer.logicalId);
    outermost = outer;
  }
  return `${logicalIds.join('/')} of ${outermost.source.file.path}`;
}

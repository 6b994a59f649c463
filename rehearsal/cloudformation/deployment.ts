import { dependenciesOf, deploymentOrder } from './dependencies';
import { IntrinsicFunctions } from './intrinsic-functions';
import type { Exports, RehearsedStack, StackResource } from './rehearsed-stack';
import { changedProperties, needsReplacement } from './replacement';
import { HandlerFailure } from './resource-handler';
import type { InjectedFailure, ResourceOperations, WantedResource } from './resource-operations';
import { cleanUp, isRetained } from './resource-removal';
import { Change, rollBackCreation, rollBackUpdate } from './rollback';
import { Properties, Template, TemplateError } from './template';
import type { Cancellation } from '../functions/cancelled-request';
import { isCustomResource } from '../functions/custom-resource';

export interface DeploymentOptions {
  /** Values for parameters of the template. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Resources that are to fail. */
  readonly failAt?: InjectedFailure | readonly InjectedFailure[];
  /** A request that is to be cancelled, since another resource fails meanwhile. */
  readonly cancel?: Cancellation;
  /**
   * Among resources that do not depend on each other, the one that comes first in the template goes first, or the last.
   */
  readonly order?: 'first' | 'last';
  /**
   * In which order updated resources are updated back: the last first, or again along their dependencies.
   *
   * AWS does not document it, so whoever relies on a rollback should try both.
   */
  readonly rollbackOrder?: 'reverse' | 'dependencies';
}

/** The creation or the update of a stack, with its rollback if it fails. */
export class Deployment {
  private readonly changes: Change[] = [];
  private readonly imports = new Set<string>();
  private readonly functions: IntrinsicFunctions;

  constructor(
    private readonly stack: RehearsedStack, private readonly template: Template,
    private readonly operations: ResourceOperations, private readonly exports: Exports,
    values: Readonly<Record<string, unknown>>, private readonly options: DeploymentOptions,
  ) {
    this.functions = new IntrinsicFunctions(template, {
      values,
      resource: (logicalId) => stack.resources.get(logicalId),
      exported: (name) => {
        this.imports.add(name);
        return exports.valueOf(name);
      },
    });
  }

  async run(): Promise<void> {
    const { stack, template, operations } = this;
    const isCreation = stack.template === undefined;
    const needs = dependenciesOf(template, (id) => this.exists(template.Resources[id].Condition));
    const order = deploymentOrder(needs, this.options.order);
    const before = new Map(stack.resources);
    stack.enter(isCreation ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS');
    try {
      for (const id of order) await this.bring(id, needs.get(id)!);
      this.conclude();
    } catch (error) {
      if (!(error instanceof HandlerFailure || error instanceof TemplateError)) throw error;
      if (isCreation) {await rollBackCreation(stack, operations, this.changes, error.message);} else {
        await rollBackUpdate(stack, operations, {
          changes: this.changes, before, reason: error.message, order: this.options.rollbackOrder,
        });
      }
      return;
    }
    stack.template = template;
    if (isCreation) {
      stack.enter('CREATE_COMPLETE');
      return;
    }
    stack.enter('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.removeWhatIsGone(new Set(order), before);
    stack.enter('UPDATE_COMPLETE');
  }

  /** Creates or updates a resource, or leaves it as it is. */
  private async bring(id: string, needs: readonly string[]): Promise<void> {
    const { stack, operations } = this;
    const before = stack.resources.get(id);
    const wanted = this.wanted(id, needs, before);
    if (before === undefined) {
      await this.keepTrack({ kind: 'created', wanted }, async () => operations.create(wanted));
      return;
    }
    const changed = changedProperties(before.properties, wanted.properties);
    if (changed.length === 0) {
      stack.resources.set(id, { ...before, ...wanted });
    } else if (!isCustomResource(wanted.type) && needsReplacement(wanted.type, changed)) {
      await this.keepTrack({ kind: 'replaced', wanted, before }, async () => operations.create(wanted, 'replace'));
    } else {
      await this.keepTrack({ kind: 'updated', wanted, before }, async () =>
        operations.update(before, wanted, 'deployment'),
      );
    }
  }

  /** Remembers a change, also one that failed: a rollback undoes it all the same. */
  private async keepTrack(
    change: Pick<Change, 'kind' | 'wanted' | 'before'>, perform: () => Promise<StackResource>,
  ): Promise<void> {
    const { logicalId } = change.wanted;
    try {
      const after = await perform();
      this.changes.push({ ...change, after });
      this.stack.resources.set(logicalId, after);
    } catch (error) {
      if (!(error instanceof HandlerFailure)) throw error;
      const present = error.handled ?? (change.kind === 'updated' ? change.before : undefined);
      const after = present && { ...change.wanted, physicalId: present.physicalId, attributes: present.attributes };
      this.changes.push({ ...change, after });
      if (change.before === undefined && after !== undefined) this.stack.resources.set(logicalId, after);
      const verb = change.kind === 'created' ? 'create' : 'update';
      throw new HandlerFailure(`The following resource(s) failed to ${verb}: [${logicalId}].`);
    }
  }

  private wanted(id: string, needs: readonly string[], before: StackResource | undefined): WantedResource {
    const { Type, Properties: properties = {}, DeletionPolicy, Metadata } = this.template.Resources[id];
    const wanted = {
      logicalId: id, type: Type, needs, deletionPolicy: DeletionPolicy,
      path: Metadata?.['aws:cdk:path'] as string | undefined,
    };
    try {
      return { ...wanted, properties: this.functions.resolve(properties) as Properties };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const action = before === undefined ? 'CREATE' : 'UPDATE';
      this.operations.failed({ ...wanted, properties: {} }, action, error.message);
      throw new TemplateError(`The following resource(s) failed to ${action.toLowerCase()}: [${id}].`);
    }
  }

  /** Outputs and exports; a failure here rolls back everything. */
  private conclude(): void {
    const outputs = Object.entries(this.template.Outputs ?? {}).filter(([, { Condition }]) => this.exists(Condition));
    const values = outputs.map(([name, { Value }]) => [name, this.functions.resolve(Value)] as const);
    const exported = outputs.flatMap(([name, { Export }], index) =>
      Export === undefined ? [] : [[String(this.functions.resolve(Export.Name)), values[index][1], name] as const],
    );
    const ours = new Map(exported.map(([exportName, value]) => [exportName, value]));
    this.exports.requireFree(this.stack, ours);
    this.exports.requireUnused(this.stack, ours);
    this.stack.outputs = Object.fromEntries(values);
    this.stack.exports = ours;
    this.stack.imports = this.imports;
  }

  /** The clean-up: what left the template, and what was replaced. */
  private async removeWhatIsGone(
    wanted: ReadonlySet<string>, before: ReadonlyMap<string, StackResource>,
  ): Promise<void> {
    const { stack, operations, template } = this;
    const gone = [...before.values()].filter(({ logicalId }) => !wanted.has(logicalId));
    const replaced = this.changes.filter(
      (change) => change.before !== undefined && change.after?.physicalId !== change.before.physicalId,
    );
    for (const { logicalId } of gone) stack.resources.delete(logicalId);
    // Inferred: the policy for a replacement is the one of the new template, the one for a removal that of the old.
    const retained = [
      ...gone.filter(({ deletionPolicy }) => isRetained(deletionPolicy, 'removed')),
      ...replaced
        .filter(({ wanted: { logicalId } }) => isRetained(template.Resources[logicalId].UpdateReplacePolicy, 'removed'))
        .map((change) => change.before!),
    ];
    for (const resource of retained) operations.skip(resource);
    const superfluous = [...gone, ...replaced.map((change) => change.before!)].filter(
      (resource) => !retained.includes(resource),
    );
    await cleanUp(operations, superfluous, 'cleanup');
  }

  private exists(condition: string | undefined): boolean {
    return condition === undefined || this.functions.condition(condition);
  }
}

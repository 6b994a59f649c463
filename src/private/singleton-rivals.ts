import { CfnResource, IResource, Stage } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { placeOf } from './deployment-place';
import { isInTree } from './in-tree';

/** A resource of a type that exists once per account and region, beside the construct that claimed the only one. */
export interface SingletonRival {
  readonly resource: CfnResource;
  readonly claim: IResource;
}

/**
 * The resources of one type that other code defines in an app, found when the CDK validates its constructs.
 *
 * The CDK invokes the aspects of a stage, validates its constructs and goes on to the next stage. So the first claim
 * that it validates searches the whole app, and each stage its own part once more, to which its aspects may have added
 * resources. If each claim searched the app, the time would grow with the square of the number of stages.
 */
export class SingletonRivals {
  private readonly found = new Map<string, Set<CfnResource>>();
  private readonly validated = new Map<string, IResource>();
  private readonly watchedStages = new WeakSet<IConstruct>();

  constructor(private readonly resourceType: string, private readonly messageOf: (late: SingletonRival) => string) {}

  /** Called when the CDK validates a claim. */
  public of(claim: IResource): CfnResource[] {
    const { name } = placeOf(claim);
    if (this.validated.size === 0 || this.validated.get(name) === claim) {
      this.searchApp(claim.node.root);
    }
    this.validated.set(name, claim);
    return [...this.found.get(name) ?? []].filter((resource) => resource.node.scope !== claim && isInTree(resource));
  }

  private searchApp(root: IConstruct): void {
    this.found.clear();
    this.validated.clear();
    for (const construct of root.node.findAll()) {
      this.look(construct);
      if (Stage.isStage(construct) && !this.watchedStages.has(construct)) {
        this.watchedStages.add(construct);
        construct.node.addValidation({ validate: () => this.searchStage(construct).map(this.messageOf) });
      }
    }
  }

  /** Finds what aspects added where a claim of another stage has been validated. The stage's own claims still ask. */
  private searchStage(stage: Stage): SingletonRival[] {
    const rivals: SingletonRival[] = [];
    const left: IConstruct[] = [stage];
    for (let construct = left.pop(); construct; construct = left.pop()) {
      if (this.look(construct)) {
        const claim = this.validated.get(placeOf(construct).name);
        if (claim && Stage.of(claim) !== stage) rivals.push({ resource: construct as CfnResource, claim });
      }
      for (const child of construct.node.children) if (!Stage.isStage(child)) left.push(child);
    }
    return rivals;
  }

  /** True if a construct is such a resource that has not been found before. */
  private look(construct: IConstruct): construct is CfnResource {
    if (!CfnResource.isCfnResource(construct) || construct.cfnResourceType !== this.resourceType) {
      return false;
    }
    const { name } = placeOf(construct);
    const resources = this.found.get(name) ?? new Set();
    this.found.set(name, resources);
    const isNew = !resources.has(construct);
    resources.add(construct);
    return isNew;
  }
}

import { randomUUID } from 'node:crypto';
import type {
  CreateMitigationActionRequest, ListMitigationActionsRequest, MitigationAction, MitigationActionParams,
  MitigationActionType,
  UpdateMitigationActionRequest,
} from '@aws-sdk/client-iot';
import { Account, arnOf } from './account';
import type { Handlers } from './operations';
import { pageOf } from './paging';
import type { ResourceTags } from './resource-tags';
import { ServiceError, invalidRequest, limitExceeded, notFound } from './service-error';

const MOST_ACTIONS = 100;

const TYPE_OF_PARAMS: Readonly<Record<keyof MitigationActionParams, MitigationActionType>> = {
  updateDeviceCertificateParams: 'UPDATE_DEVICE_CERTIFICATE',
  updateCACertificateParams: 'UPDATE_CA_CERTIFICATE',
  addThingsToThingGroupParams: 'ADD_THINGS_TO_THING_GROUP',
  replaceDefaultPolicyVersionParams: 'REPLACE_DEFAULT_POLICY_VERSION',
  enableIoTLoggingParams: 'ENABLE_IOT_LOGGING',
  publishFindingToSnsParams: 'PUBLISH_FINDING_TO_SNS',
};

interface Action {
  readonly number: number;
  readonly actionName: string;
  readonly actionArn: string;
  readonly actionId: string;
  readonly creationDate: Date;
  readonly actionType: MitigationActionType;
  roleArn: string;
  actionParams: MitigationActionParams;
  lastModifiedDate: Date;
}

/** A copy of an action for a mitigation task, which later changes do not touch. */
export interface ActionDefinition extends MitigationAction {
  readonly name: string;
  readonly id: string;
  readonly roleArn: string;
  readonly actionParams: MitigationActionParams;
}

type Own =
  | 'CreateMitigationAction'
  | 'UpdateMitigationAction'
  | 'DescribeMitigationAction'
  | 'DeleteMitigationAction'
  | 'ListMitigationActions';
type Named = { actionName: string | undefined };

export class MitigationActions implements Handlers<Own> {
  private readonly actions = new Map<string, Action>();
  private numbers = 0;

  constructor(private readonly account: Account, private readonly tags: ResourceTags) {}

  definition(name: string): ActionDefinition | undefined {
    const action = this.actions.get(name);
    return action && { name, id: action.actionId, roleArn: action.roleArn, actionParams: action.actionParams };
  }

  readonly CreateMitigationAction = (input: CreateMitigationActionRequest) => {
    const actionName = input.actionName!;
    const actionArn = arnOf(this.account, `mitigationaction/${actionName}`);
    const actionType = typeOf(input.actionParams!);
    if (this.actions.has(actionName)) {
      throw new ServiceError('ResourceAlreadyExistsException', `The mitigation action ${actionName} already exists.`, {
        resourceId: actionName, resourceArn: actionArn,
      });
    }
    if (this.actions.size >= MOST_ACTIONS) {
      throw limitExceeded(`An account has at most ${MOST_ACTIONS} mitigation actions.`);
    }
    this.tags.register(actionArn, input.tags);
    const creationDate = new Date(this.account.clock.now());
    const action: Action = {
      number: this.numbers++,
      actionName,
      actionArn,
      actionId: randomUUID(),
      creationDate,
      lastModifiedDate: creationDate,
      actionType,
      roleArn: input.roleArn!,
      actionParams: input.actionParams!,
    };
    this.actions.set(actionName, action);
    return { actionArn, actionId: action.actionId };
  };

  readonly UpdateMitigationAction = ({ actionName, roleArn, actionParams }: UpdateMitigationActionRequest) => {
    const action = this.require(actionName!);
    // Unverified: whether the service lets an action change its type. The strict reading keeps clients from relying on
    // it.
    if (actionParams !== undefined && typeOf(actionParams) !== action.actionType) {
      throw invalidRequest(`The type of the mitigation action ${actionName} cannot be changed.`);
    }
    action.roleArn = roleArn ?? action.roleArn;
    action.actionParams = actionParams ?? action.actionParams;
    action.lastModifiedDate = new Date(this.account.clock.now());
    return { actionArn: action.actionArn, actionId: action.actionId };
  };

  readonly DescribeMitigationAction = ({ actionName }: Named) => {
    const { number: _number, ...action } = this.require(actionName!);
    return action;
  };

  /** Has no ResourceNotFoundException in the model, so deleting what is not there succeeds. */
  readonly DeleteMitigationAction = ({ actionName }: Named) => {
    const action = this.actions.get(actionName!);
    if (action !== undefined) this.tags.forget(action.actionArn);
    this.actions.delete(actionName!);
    return {};
  };

  readonly ListMitigationActions = (input: ListMitigationActionsRequest) => {
    const { actionType } = input;
    const { page, nextToken } = pageOf(`mitigation actions ${actionType}`, this.actions.values(), input,
      (action) => actionType === undefined || action.actionType === actionType);
    return {
      actionIdentifiers: page.map(({ actionName, actionArn, creationDate }) => ({
        actionName, actionArn, creationDate,
      })),
      nextToken,
    };
  };

  private require(name: string): Action {
    const action = this.actions.get(name);
    if (action === undefined) throw notFound(`The mitigation action ${name} does not exist.`);
    return action;
  }
}

export function typeOf(params: MitigationActionParams): MitigationActionType {
  const given = (Object.keys(params) as (keyof MitigationActionParams)[]).filter((key) => params[key] !== undefined);
  if (given.length !== 1) throw invalidRequest('Exactly one kind of action parameters must be given.');
  if (params.enableIoTLoggingParams?.logLevel === 'DISABLED') {
    throw invalidRequest('The log level DISABLED does not enable logging.');
  }
  return TYPE_OF_PARAMS[given[0]];
}

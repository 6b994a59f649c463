import {
  DescribeCertificateCommand, GetPolicyCommand, IoTClient, PolicyVersionIdentifier, ResourceIdentifier,
} from '@aws-sdk/client-iot';
import { ConcernedCheck, mayConcernPolicies } from './concerned-checks';
import { certificateIdOf } from './exceptions';
import { CHECK_TABLE, CheckRow, MitigationActionType } from '../../checks/check-table';
import { AuditReader, LISTING_PACE } from '../../function/runtime/audit-reader';
import { CallOptions } from '../../function/runtime/aws-calls';
import { asError } from '../../function/runtime/log';

/** Statuses of a certificate with which devices can connect, or soon may. */
const IN_USE = ['ACTIVE', 'PENDING_TRANSFER', 'PENDING_ACTIVATION'];

/** Names of checks that look back, and so find what was repaired after it happened. */
const LOOKING_BACK = Object.values(CHECK_TABLE as Record<string, CheckRow>)
  .filter(({ spanDays }) => spanDays !== undefined).map(({ checkName }) => checkName);

/** True if the default version of policies is replaced, or may be: an imported action's type is unknown. */
export function replacesPolicies(check: ConcernedCheck): boolean {
  return mayConcernPolicies(check) && check.rule.actions.some(({ type }) => type === undefined
    || type === MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION);
}

/** True if findings of the check can be about what was repaired meanwhile, so that each has to be looked at. */
export function mayBeRepaired(check: ConcernedCheck): boolean {
  return replacesPolicies(check) || deactivatesLookingBack(check);
}

/** A certificate that devices shared is found for a month, also if it was deactivated after the first audit. */
function deactivatesLookingBack({ checkName, rule: { actions } }: ConcernedCheck): boolean {
  return LOOKING_BACK.includes(checkName)
    && actions.some(({ type }) => type === MitigationActionType.UPDATE_DEVICE_CERTIFICATE);
}

/** Resources that were repaired after the audit, or after an earlier one. */
export class RepairedResources {
  /** The default version of each policy; undefined for one that was deleted. */
  private readonly defaultVersions = new Map<string, string | undefined>();

  constructor(private readonly reader: AuditReader) {}

  public async has(identifier: ResourceIdentifier, check: ConcernedCheck): Promise<boolean> {
    const { policyVersionIdentifier: policy } = identifier;
    if (policy && replacesPolicies(check)) {
      return this.isReplaced(policy);
    }
    const certificateId = certificateIdOf(identifier);
    return certificateId !== undefined && deactivatesLookingBack(check) && this.isInactive(certificateId);
  }

  /** True if a version of a policy is not the default any more: replacing it would disable what repaired it. */
  private async isReplaced({ policyName = '', policyVersionId }: PolicyVersionIdentifier): Promise<boolean> {
    if (!this.defaultVersions.has(policyName)) {
      const policy = await this.read(
        (iot, options) => iot.send(new GetPolicyCommand({ policyName }), options));
      this.defaultVersions.set(policyName, policy?.defaultVersionId);
    }
    return this.defaultVersions.get(policyName) !== policyVersionId;
  }

  private async isInactive(certificateId: string): Promise<boolean> {
    const found = await this.read((iot, options) =>
      iot.send(new DescribeCertificateCommand({ certificateId }), options));
    // One whose status AWS does not tell may be in use.
    return !IN_USE.includes(found ? found.certificateDescription?.status ?? 'ACTIVE' : 'DELETED');
  }

  /** Reads a resource; undefined if it was deleted. */
  private async read<Output>(
    call: (iot: IoTClient, options: CallOptions) => Promise<Output>,
  ): Promise<Output | undefined> {
    try {
      return await this.reader.ask(call);
    } catch (error) {
      if (asError(error).name === 'ResourceNotFoundException') {
        return undefined;
      }
      throw error;
    } finally {
      await this.reader.pause(LISTING_PACE);
    }
  }
}

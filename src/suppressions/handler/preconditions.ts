import { AccountSuppressions } from './account-suppressions';
import { PolicyVersions } from './planned-changes';
import { isOver } from './suppression';
import { WantedSuppression } from './wanted-suppressions';
import { Clock } from '../../function/runtime/aws-calls';
import { log } from '../../function/runtime/log';
import { RequestFailure, failWith } from '../../function/runtime/request-failure';

/** The meaning of a look at the account that failed. */
export const NOT_READ = 'nothing was changed because the function could not read';

/** What a list needs of the account besides suppressions: enabled checks, and the policies that it follows. */
export class Preconditions {
  constructor(private readonly account: AccountSuppressions, private readonly clock: Clock) {}

  /** @throws RequestFailure if a check is not enabled: AWS would refuse the suppression */
  public async requireEnabled(changed: readonly WantedSuppression[]): Promise<void> {
    const set = changed.filter(({ content }) => !isOver(content, this.clock.now()));
    if (set.length === 0) {
      return;
    }
    const enabled = await this.account.enabledChecks()
      .catch(failWith(`${NOT_READ} the account's audit configuration`));
    const wrong = set.filter(({ check }) => !enabled.has(check));
    if (wrong.length > 0) {
      throw new RequestFailure(`nothing was changed because the check of ${wrong[0].label} is not enabled in this `
        + `account and region${wrong.length > 1 ? `, nor are those of ${wrong.length - 1} more` : ''}; `
        + 'enable it in the audit configuration, or remove the suppression');
    }
  }

  /** @throws RequestFailure if a policy that a new entry follows does not exist, or cannot be read */
  public async requireVersions(
    changed: readonly WantedSuppression[], others: readonly WantedSuppression[],
  ): Promise<PolicyVersions> {
    const versions = new Map<string, string>();
    for (const { policyName, label } of [...changed, ...others]) {
      if (policyName !== undefined && !versions.has(policyName)) {
        const version = await this.account.defaultVersion(policyName)
          .catch(failWith(`${NOT_READ} the policy of ${label}`));
        if (version !== undefined) {
          versions.set(policyName, version);
        }
      }
    }
    const missing = changed.find(({ policyName }) => policyName !== undefined && !versions.has(policyName));
    if (missing) {
      throw new RequestFailure(`nothing was changed because the policy of ${missing.label} does not exist; `
        + 'correct its name, or remove the suppression');
    }
    return versions;
  }

  /** The versions of the policies that can be read: a rollback or a delete must not fail because of one. */
  public async knownVersions(entries: readonly WantedSuppression[]): Promise<PolicyVersions> {
    return this.requireVersions([], entries).catch((error) => {
      log('default versions of policies not known', { error });
      return new Map<string, string>();
    });
  }
}

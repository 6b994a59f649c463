import { readFileSync } from 'node:fs';
import { AuditSuppression } from './audit-suppression';
import { readSuppressions } from './suppression-records';
import { invalidInput } from '../private/invalid-input';

/**
 * A list of findings that are accepted: the one that a team keeps for the account's suppressions, which the deployment
 * gate heeds, and for the checks at synth.
 *
 * @example
 *
 * declare const app: App;
 * declare const audit: FleetAudit;
 *
 * const accepted = SuppressionList.fromFile('suppressions.json');
 * audit.addSuppressions(accepted);
 * Validations.of(app).addPlugins(new DeviceDefenderChecks({ suppressions: accepted }));
 */
export class SuppressionList {
  /**
   * Reads a list from a JSON file: an array of objects with `check`, `resource`, `reason` and `until`.
   *
   * `check` is the name of a check in the API. `resource` is an object: `{"deviceCertificateId": "..."}`,
   * `{"caCertificateId": "..."}`, `{"policy": "name"}`, `{"policy": "name", "version": "3"}`, `{"roleAlias": "name"}`,
   * `{"identityPoolId": "..."}`, `{"clientId": "..."}`, `{"issuerCertificate": {"subject": "...", "issuerId": "...",
   * "serialNumber": "..."}}` or `{"account": true}`. `until` is a date, a time with its offset from UTC, or `forever`.
   *
   * @param path the file, relative to the working directory
   * @throws if the file cannot be read or is not such a list; the message names every entry that is wrong
   */
  public static fromFile(path: string): SuppressionList {
    return new SuppressionList(readSuppressions(path, parse(path)));
  }

  /**
   * A list of suppressions that the app defines itself.
   *
   * @param suppressions the suppressions
   */
  public static of(suppressions: AuditSuppression[]): SuppressionList {
    return new SuppressionList([...suppressions]);
  }

  private constructor(private readonly list: AuditSuppression[]) {}

  /**
   * The suppressions, in the order of the list.
   */
  public get suppressions(): AuditSuppression[] {
    return [...this.list];
  }
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw invalidInput('SuppressionList.fromFile', {
      property: 'path',
      rule: 'must be a file with JSON',
      given: `'${path}' (${(error as Error).message})`,
      fix: 'name a file that exists, and write an array of suppressions into it',
    });
  }
}

import type { StackDefinition } from '../cloudformation/assembly';
import { RehearsedAccount } from '../cloudformation/rehearsed-account';
import type { FleetDescription } from '../device-defender/fleet';

export const DEFAULT_ENVIRONMENT = { account: '123456789012', region: 'eu-west-1' };

/** How long a check of an audit takes, in milliseconds: long enough to be seen in progress. */
const AUDIT_DURATION = 200;

/** The accounts and regions that an app is deployed to, each started when it is first needed. */
export class Environments {
  private readonly accounts = new Map<string, RehearsedAccount>();

  constructor(private readonly fleet: FleetDescription, private readonly started: (account: RehearsedAccount) => void) {}

  get all(): readonly RehearsedAccount[] {
    return [...this.accounts.values()];
  }

  async accountFor({ account = DEFAULT_ENVIRONMENT.account, region = DEFAULT_ENVIRONMENT.region }: StackDefinition): Promise<RehearsedAccount> {
    const key = `${account} ${region}`;
    const existing = this.accounts.get(key);
    if (existing !== undefined) return existing;
    const rehearsed = await RehearsedAccount.start({ accountId: account, region, fleet: this.fleet, auditDuration: AUDIT_DURATION });
    this.accounts.set(key, rehearsed);
    this.started(rehearsed);
    return rehearsed;
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map(async (account) => account.stop()));
  }
}

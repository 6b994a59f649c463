import { LiveSchedule, usersOf } from './live-configuration';
import { shorten } from '../../private/printable';

/** CloudFormation takes 4096 bytes of answer in all. */
const LONGEST_REPORT = 900;

/** Enabled checks that a configuration does not name, except those that are about to be disabled. */
export class OtherChecksReport {
  /** Names by the schedules that use them. */
  private readonly checks = new Map<string, string[]>();

  constructor(unnamed: readonly string[], facts: {
    /** Whether the template named the check before. */
    readonly isOwned: (check: string) => boolean;
    /** Scheduled audits outside the stack. */
    readonly foreign: readonly LiveSchedule[];
  }) {
    for (const check of unnamed) {
      const users = usersOf(check, facts.foreign).join(', ');
      if (users || !facts.isOwned(check)) {
        this.checks.set(users, [...this.checks.get(users) ?? [], check]);
      }
    }
  }

  public get isEmpty(): boolean {
    return this.checks.size === 0;
  }

  public describe(): string {
    const groups = [...this.checks].map(([users, names]) => `${names.join(', ')}${users && ` (used by ${users})`}`);
    return shorten(groups.join('; '), LONGEST_REPORT);
  }
}

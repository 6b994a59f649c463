import { createHash } from 'node:crypto';
import type { ResourceIdentity } from './resource-handler';

/** Names for resources whose template gives none: new ones each time, and the same ones in each run of a rehearsal. */
export class PhysicalNames {
  private count = 0;

  /** `<stack>-<logical id>-<12 characters>`, cut to a length. */
  next({ stackName, logicalId }: Pick<ResourceIdentity, 'stackName' | 'logicalId'>, maximum = 64): string {
    const room = maximum - 14;
    const id = logicalId.slice(0, Math.max(Math.floor(room / 2), room - stackName.length));
    return `${stackName.slice(0, room - id.length)}-${id}-${this.suffix().toUpperCase()}`;
  }

  /** `<logical id>_<12 characters>`, as the handlers of IoT policies have it. */
  nextPolicyName(logicalId: string): string {
    return `${logicalId.slice(0, 115).replace(/-/g, '_')}_${this.suffix()}`;
  }

  uuid(): string {
    const hex = createHash('sha256').update(`uuid ${this.count++}`).digest('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  }

  private suffix(): string {
    const number = BigInt(`0x${createHash('sha256').update(`name ${this.count++}`).digest('hex').slice(0, 20)}`);
    return number.toString(36).padStart(12, '0').slice(-12);
  }
}

/** A change that a mitigation action made in the fleet. */
export type FleetChange =
  | {
    readonly change: 'certificate status' | 'CA certificate status';
    readonly certificateId: string;
    readonly before: string;
    readonly after: string;
  }
  | {
    readonly change: 'thing groups';
    readonly thingName: string;
    readonly joined: string;
    /** The dynamic group that the thing had to leave, if it was in too many. */
    readonly left?: string;
  }
  | {
    readonly change: 'default version of a policy';
    readonly policyName: string;
    readonly before: string;
    readonly after: string;
  }
  /** A level, or `disabled`. */
  | { readonly change: 'logging'; readonly before: string; readonly after: string };

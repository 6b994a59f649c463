/**
 * Options for ignoring known findings.
 */
export interface KnownFindingsOptions {
  /**
   * Whether all findings count as new, and so fail the deployment, if there is no earlier audit to compare with. If
   * not, all of them count as known.
   *
   * @default true
   */
  readonly failWithoutEarlierAudit?: boolean;
}

/**
 * What a gate does about resources that were non-compliant before the deployment.
 */
export class KnownFindings {
  /**
   * Known findings fail the deployment, just as new ones do.
   */
  public static failDeployment(): KnownFindings {
    return new KnownFindings(false, true);
  }

  /**
   * Known findings are ignored: only resources that the same check has not reported before fail the deployment.
   *
   * Known is what was found by the time that this gate last passed: by the audit with which it passed, and by scheduled
   * audits that were completed since that audit began. If the gate has never passed, or if AWS has deleted that audit
   * after 90 days, the last scheduled audit of the check tells what is known: the last one that was completed by the
   * time the gate last passed, or else before the deployment began.
   *
   * For `DEVICE_CERTIFICATE_SHARED` and `CONFLICTING_CLIENT_IDS`, a scheduled audit finds only what happened since the
   * previous one. So for these two checks all scheduled audits of 31 days tell, as soon as they reach back that far.
   *
   * On-demand audits that others start are not compared with, nor is an audit with which the gate stopped a deployment:
   * trying again does not help.
   *
   * A resource that becomes non-compliant between two deployments, for example because somebody changes it in the
   * console, is new in the next one, even if a scheduled audit has found it: fix it or suppress it. A new version of a
   * policy is a new resource.
   *
   * @param options what happens if there is no earlier audit to compare with
   */
  public static ignore(options: KnownFindingsOptions = {}): KnownFindings {
    return new KnownFindings(true, options.failWithoutEarlierAudit ?? true);
  }

  private constructor(private readonly areIgnored: boolean, private readonly failWithoutEarlierAudit: boolean) {}

  /** @internal */
  public get _areIgnored(): boolean {
    return this.areIgnored;
  }

  /** @internal */
  public get _failWithoutEarlierAudit(): boolean {
    return this.failWithoutEarlierAudit;
  }
}

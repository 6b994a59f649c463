import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * A widget that is made when the app is synthesized: what it shows may be defined after the dashboard.
 *
 * It extends no class of the CDK, which whoever has no dashboard would load, too.
 */
export class LateWidget implements IWidget {
  private place = { x: 0, y: 0 };

  /**
   * @param make the widget of this size; undefined if there is nothing to show
   */
  constructor(readonly width: number, readonly height: number, private readonly make: () => IWidget | undefined) {}

  public position(x: number, y: number): void {
    this.place = { x, y };
  }

  public toJson(): object[] {
    const widget = this.make();
    widget?.position(this.place.x, this.place.y);
    return widget?.toJson() ?? [];
  }
}

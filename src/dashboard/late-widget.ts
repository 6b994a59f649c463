import { ConcreteWidget, IWidget } from 'aws-cdk-lib/aws-cloudwatch';

/** A widget that is made when the app is synthesized: what it shows may be defined after the dashboard. */
export class LateWidget extends ConcreteWidget {
  /**
   * @param make the widget of this size; undefined if there is nothing to show
   */
  constructor(width: number, height: number, private readonly make: () => IWidget | undefined) {
    super(width, height);
  }

  public toJson(): object[] {
    const widget = this.make();
    widget?.position(this.x ?? 0, this.y ?? 0);
    return widget?.toJson() ?? [];
  }
}

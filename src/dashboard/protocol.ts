/** The parameters of the widget for findings: the dashboard hands them to the function whenever it is shown. */
export interface FindingsWidgetParameters {
  /** The names of the scheduled audits whose last runs tell what is found now. */
  readonly audits: readonly string[];
}

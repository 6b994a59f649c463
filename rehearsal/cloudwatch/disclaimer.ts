/** What is unverified about the model of CloudWatch. */
export const CLOUDWATCH_DISCLAIMER = [
  'Alarms are evaluated once, after everything has come to rest, by a model built from public documentation. Unverified in particular:',
  '- the metrics of audits: a data point for each check that was carried out, without what is suppressed, at the audit\'s start',
  '- an expression of metrics of which some have no data (here: the others count), and periods (here: the last one ends now)',
  '- a topic without a policy of its own (here: alarms of the account may publish to it)',
  'Not modelled: composite alarms, anomaly detection, expressions beside one SUM, AVG, MIN or MAX, percentiles, metrics of most',
  'services, the event of a changed state, and actions beside topics.',
].join('\n');

/** What the console of CloudWatch shows to those who add the widget to a dashboard. */
export const DOCUMENTATION = `## Findings of AWS IoT Device Defender Audit

Shows what the last audits of this account and region have found, the worst severity first. It only reads.

### Widget parameters

| parameter | value |
|---|---|
| **audits** | names of scheduled audits: the widget looks back until it has found the last run of each, 89 days at most |

\`\`\` yaml
audits:
  - DailyAudit
\`\`\`
`;

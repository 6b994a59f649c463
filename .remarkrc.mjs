// Links of the documentation, offline: files and headings, also where a link names this repository on GitHub.
export default {
  plugins: [['remark-validate-links', { repository: 'cdk-iot-fleet-audit/cdk-iot-fleet-audit' }]],
};

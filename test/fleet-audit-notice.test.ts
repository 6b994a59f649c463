import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { FleetAudit, NoticeFormat, NoticeTrigger } from '../src';
import { ENV, onlyResource } from './support/templates';

describe('FleetAudit.notifyPeople()', () => {
  let stack: Stack;
  let audit: FleetAudit;
  let topic: Topic;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
    audit = new FleetAudit(stack, 'FleetAudit');
    topic = new Topic(stack, 'Oncall');
  });

  test('defines a notice for each form', () => {
    expect(audit.notifyPeople({ topic }).node.path).toBe('Stack/FleetAudit/TextNotice');
    expect(audit.notifyPeople({ topic, format: NoticeFormat.CHAT, trigger: NoticeTrigger.FINDINGS }).node.path)
      .toBe('Stack/FleetAudit/ChatNotice');
    expect(Object.keys(Template.fromStack(stack).findResources('AWS::Events::Rule'))).toHaveLength(2);
  });

  test('is refused a second time for the same form', () => {
    audit.notifyPeople({ topic });

    expect(() => audit.notifyPeople({ topic, format: NoticeFormat.TEXT })).toThrow(new Error(
      'Stack/FleetAudit: \'format\' must differ from that of other calls of notifyPeople(), '
      + 'got a second NoticeFormat.TEXT; let further people subscribe to the topic of the first'));
  });

  test('comes before the audit at deployment, of which people are to be told', () => {
    audit.notifyPeople({ topic });

    const rule = Object.keys(Template.fromStack(stack).findResources('AWS::Events::Rule'))[0];
    expect(onlyResource(stack, 'Custom::IotOnDemandAudit').DependsOn).toContain(rule);
  });

  test('changes nothing where it is not called', () => {
    const plain = new Stack(new App(), 'Stack', { env: ENV });
    new FleetAudit(plain, 'FleetAudit');

    expect(JSON.stringify(Template.fromStack(plain).toJSON())).not.toMatch(/Notice|SecurityHub|ListAuditTasks.*Publish/);
  });
});

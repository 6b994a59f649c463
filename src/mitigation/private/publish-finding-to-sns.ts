import { ITopic } from 'aws-cdk-lib/aws-sns';
import { MitigationDefinition } from './mitigation-definition';
import { checkTopic, grantPublishing } from '../../private/topic-publishing';

export function publishFindingToSns(topic: ITopic): MitigationDefinition {
  return {
    bind: (scope) => {
      checkTopic(scope, 'topic', topic);
      return {
        actionParams: { publishFindingToSnsParams: { topicArn: topic.topicArn } },
        grantTo: (grantee) => grantPublishing(topic, grantee),
      };
    },
  };
}

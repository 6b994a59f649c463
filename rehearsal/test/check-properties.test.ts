import { AuditCheck } from '../../src';
import { specifiedNames } from '../../test/support/cloudformation-spec';
import { CHECK_OF_PROPERTY } from '../native/account-audit-configuration';

test('the handlers know every check of the resource specification', () => {
  expect(Object.keys(CHECK_OF_PROPERTY).sort()).toEqual(
    specifiedNames('AWS::IoT::AccountAuditConfiguration', 'AuditCheckConfigurations').sort(),
  );
});

test('the handlers and the library, whose tables are apart, agree on every check', () => {
  expect(CHECK_OF_PROPERTY).toEqual(
    Object.fromEntries(AuditCheck.all().map(({ propertyName, checkName }) => [propertyName, checkName])),
  );
});

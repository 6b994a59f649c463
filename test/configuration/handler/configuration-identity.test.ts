import { AuditCheck } from '../../../src';
import {
  ConfigurationIdentity, formatIdentity, parseIdentity, tokenOf,
} from '../../../src/configuration/handler/configuration-identity';
import { FoundConfiguration } from '../../../src/configuration/handler/live-configuration';

const NAMES = AuditCheck.all().map((check) => check.checkName);

function found(suffix: string): FoundConfiguration {
  return {
    role: `arn:aws:iam::123456789012:role/service-role/AWSIoTDeviceDefenderAudit-${suffix}`,
    checks: NAMES,
    thresholds: {
      DEVICE_CERTIFICATE_AGE_CHECK: { CERT_AGE_THRESHOLD_IN_DAYS: '365' },
      DEVICE_CERTIFICATE_EXPIRING_CHECK: { CERT_EXPIRATION_THRESHOLD_IN_DAYS: '60' },
    },
    target: {
      topic: `arn:aws:sns:eu-central-1:123456789012:security-findings-of-the-fleet-${suffix}`,
      role: `arn:aws:iam::123456789012:role/fleet/AuditNotificationsOfTheFleet-${suffix}`,
      on: true,
    },
  };
}

function identity(rest: Partial<ConfigurationIdentity> = {}): ConfigurationIdentity {
  const tokens = new Set(NAMES.map(tokenOf));
  return { created: true, checks: tokens, alreadyOn: tokens, found: found('A1B2C3D4E5F6'), ...rest };
}

test('an id gives back what it was made of', () => {
  const foundByCreation = found('Z9Y8X7W6V5U4');

  expect(parseIdentity(formatIdentity(identity({ foundByCreation })))).toEqual(identity({ foundByCreation }));
  expect(parseIdentity(formatIdentity(identity({ created: false, checks: new Set(), alreadyOn: new Set() }))))
    .toEqual(identity({ created: false, checks: new Set(), alreadyOn: new Set() }));
});

test('the id of a full configuration fits, also with two records', () => {
  expect(formatIdentity(identity({ foundByCreation: found('Z9Y8X7W6V5U4') })).length).toBeLessThan(900);
});

test('what does not fit is refused, with a way out', () => {
  const path = Array.from({ length: 120 }, (_, index) => tokenOf(`${index} and more`)).join('/');
  const role = `arn:aws:iam::123456789012:role/${path}`;
  const long = { ...found('A1B2C3D4E5F6'), role };
  const longer = { ...long, role: `${role}${Array.from(role).reverse().join('')}` };

  expect(() => formatIdentity(identity({ found: long, foundByCreation: longer })))
    .toThrow('what was found does not fit into the 1024 characters of a physical id; '
      + 'change it to roles and topics with shorter names first');
});

test('checks have tokens of their own', () => {
  expect(new Set(NAMES.map(tokenOf)).size).toBe(NAMES.length);
});

test.each([
  'Fleet-Configuration-1ABCDEFGHIJKL', 'none-1234', '', undefined,
])('%p is not an id of this resource', (id) => {
  expect(parseIdentity(id)).toBeUndefined();
});

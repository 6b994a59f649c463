import { AuditReader } from '../../function/runtime/audit-reader';
import { Invocation } from '../../function/runtime/invocation';

/** What a step reads with. */
export function readerOf({ clients: { iot }, calls, until }: Invocation): AuditReader {
  return new AuditReader({
    iot, calls, until,
    tooLate: () => new Error('the findings are too many to be read in the time that the function has; '
      + 'suppress the accepted ones, name exceptions by certificate instead of by thing or thing group, '
      + 'or mitigate this audit by hand. Nothing was touched'),
  });
}

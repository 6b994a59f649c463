import { SYSTEM_CLOCK } from '../../../src/function/runtime/clock';

test('the function\'s time is the system\'s', async () => {
  const before = Date.now();
  await SYSTEM_CLOCK.sleep(20);

  // Timers may fire a millisecond early.
  expect(SYSTEM_CLOCK.now()).toBeGreaterThanOrEqual(before + 19);
  expect(SYSTEM_CLOCK.now()).toBeLessThanOrEqual(Date.now());
});

import { VirtualTime } from '../../services/virtual-time';

test('time stands still while somebody works, and jumps to the next moment when all sleep', async () => {
  const time = new VirtualTime();
  const begin = time.now();
  const story: string[] = [];
  const tell = (what: string) => story.push(`${what} ${time.now() - begin}`);

  await Promise.all([
    time.during(async () => {
      tell('one begins');
      await time.sleep(10_000);
      tell('one ends');
    }),
    time.during(async () => {
      await time.sleep(3_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
      tell('other works for a while');
      await time.sleep(3_000);
      tell('other ends');
    }),
  ]);

  expect(story).toEqual(['one begins 0', 'other works for a while 3000', 'other ends 6000', 'one ends 10000']);
});

test('who waits for others goes on before time does', async () => {
  const time = new VirtualTime();
  const begin = time.now();
  let callOff = () => undefined as unknown;

  const waited = time.during(async () => {
    await time.waitFor(time.during(async () => time.sleep(1_000)));
    callOff();
    return time.now() - begin;
  });
  callOff = time.after(1_001, () => {
    throw new Error('The time went on.');
  });

  expect(await waited).toBe(1_000);
});

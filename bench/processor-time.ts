/**
 * Milliseconds of processor time that something takes.
 *
 * The clock would also count what the machine's other processes take.
 */
export function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * Primes by which keys of the flawed library leave remainders that are powers of 65537, and other keys hardly ever all
 * of them.
 */
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139,
  149, 151, 157, 163, 167,
];

const GENERATOR = 65537;

const POWERS: readonly (readonly [bigint, ReadonlySet<number>])[] = PRIMES.map((prime) => {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = power * GENERATOR % prime) powers.add(power);
  return [BigInt(prime), powers];
});

/**
 * Whether an RSA key bears the fingerprint of the Infineon library 1.02.013 ("ROCA", CVE-2017-15361): its primes have
 * the form `k * M + (65537 ** a mod M)`, where `M` is a product of small primes.
 *
 * @see https://nvd.nist.gov/vuln/detail/CVE-2017-15361
 */
export function hasRocaFingerprint(modulus: bigint): boolean {
  return POWERS.every(([prime, powers]) => powers.has(Number(modulus % prime)));
}

// Whether a claim on one of our addresses is answered by an announcement.
// Read RFC 5227 §2.4 before changing this file.
import { defendIntervalMs } from '#table/claim-recorder.ts';

export type ConflictPolicy = 'defend' | 'alarm' | 'release';

/**
 * One announcement per DEFEND_INTERVAL at most. Under `release` (RFC 5227 §2.4 (b)) the second claim within the interval
 * finds no defence, and the address is given up; under `defend` (c) it is kept. `sinceLastMs`: Infinity before the first.
 */
export function defends(policy: ConflictPolicy, sinceLastMs: number): boolean {
  return policy !== 'alarm' && sinceLastMs >= defendIntervalMs;
}

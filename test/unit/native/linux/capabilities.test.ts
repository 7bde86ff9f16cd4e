import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import {
  capabilitiesOf,
  effectiveCapabilities,
  parseEffectiveCapabilities,
} from '../../../../native/linux/capabilities.ts';

test('bits become the names of capability.h', () => {
  expect([...parseEffectiveCapabilities('Name:\tx\nCapEff:\t0000000000002000\n')]).toEqual(['CAP_NET_RAW']);
  expect([...parseEffectiveCapabilities('CapEff:\t0000000000803000\n')]).toEqual([
    'CAP_NET_ADMIN',
    'CAP_NET_RAW',
    'CAP_SYS_NICE',
  ]);
  expect(parseEffectiveCapabilities('CapEff:\t000001ffffffffff\n').size).toBe(41);
  expect([...parseEffectiveCapabilities('CapEff:\t0000010000000000\n')]).toEqual(['CAP_CHECKPOINT_RESTORE']);
});

test('permitted and inheritable sets do not count, nor does text without the line', () => {
  expect(parseEffectiveCapabilities('CapPrm:\t000001ffffffffff\nCapEff:\t0000000000000000\n').size).toBe(0);
  expect(parseEffectiveCapabilities('').size).toBe(0);
});

test('the set of this thread is the one /proc shows', () => {
  expect(effectiveCapabilities()).toEqual(
    parseEffectiveCapabilities(readFileSync('/proc/thread-self/status', 'latin1')),
  );
});

test('the set of another process is known by its number, and of none it is null', () => {
  expect(capabilitiesOf(process.pid)).toEqual(effectiveCapabilities());
  // Beyond the greatest number that Linux gives (proc_sys_kernel(5), pid_max).
  expect(capabilitiesOf(4_194_305)).toBeNull();
});

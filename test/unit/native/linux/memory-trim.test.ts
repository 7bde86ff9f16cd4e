import { expect, test } from 'bun:test';
import { areAllOfTheFile, bundlePages, droppableMappings } from '#native/linux/memory-trim.ts';

function mapping(range: string, mode: string, path: string, anonymousKb: number): string {
  return [
    `${range} ${mode} 00000000 08:01 1234   ${path}`,
    'Size:                 64 kB',
    'Rss:                  64 kB',
    `Anonymous:            ${anonymousKb} kB`,
    'LazyFree:              0 kB',
    'VmFlags: rd ex mr mw me',
  ].join('\n');
}

const binary = '/usr/bin/lanlord';

test('read-only mappings of the executable without a page of our own may go', () => {
  const smaps = [mapping('1000-3000', 'r--p', binary, 0), mapping('4000-8000', 'r-xp', binary, 0)].join('\n');
  expect(droppableMappings(smaps, binary)).toEqual([
    { address: 0x1000, bytes: 0x2000 },
    { address: 0x4000, bytes: 0x4000 },
  ]);
});

test('a mapping with changed pages stays: what was relocated is in no file', () => {
  expect(droppableMappings(mapping('1000-3000', 'r--p', binary, 12), binary)).toEqual([]);
});

test('what can be written, is shared, or is not the executable stays', () => {
  const others = [
    mapping('1000-3000', 'rw-p', binary, 0),
    mapping('4000-5000', 'r--s', binary, 0),
    mapping('6000-7000', 'r-xp', '/usr/lib/libc.so.6', 0),
    mapping('8000-9000', 'r-xp', '[vdso]', 0),
    mapping('a000-b000', 'r--p', '', 0),
  ];
  expect(droppableMappings(others.join('\n'), binary)).toEqual([]);
});

/** Entries of /proc/PID/pagemap: the upper three bits of each. */
function pagemap(...states: readonly number[]): Uint8Array {
  return Uint8Array.from(states.flatMap((state) => [7, 7, 7, 7, 7, 7, 0, state << 5]));
}

test('the bundle may go while every page of it is absent or still the page of the file', () => {
  expect(areAllOfTheFile(pagemap(0, 0b101, 0b101, 0))).toBe(true);
  // In memory and not of the file: written to. Swapped out: it was.
  expect(areAllOfTheFile(pagemap(0b101, 0b100))).toBe(false);
  expect(areAllOfTheFile(pagemap(0b010))).toBe(false);
});

test('of the bundle whole pages go, and only where a private mapping of the executable has them all', () => {
  const writable = `${mapping('400000-500000', 'rw-p', binary, 12)}\nKernelPageSize:        4 kB`;
  const section = { address: 0x410010, bytes: 0x3000 };
  expect(bundlePages(section, writable, binary)).toEqual({ address: 0x411000, bytes: 0x2000 });
  expect(bundlePages(null, writable, binary)).toBeNull();
  expect(bundlePages({ address: 0x4f0000, bytes: 0x20000 }, writable, binary)).toBeNull();
  expect(bundlePages({ address: 0x410010, bytes: 0x800 }, writable, binary)).toBeNull();
  expect(bundlePages(section, writable, '/usr/bin/other')).toBeNull();
  expect(bundlePages(section, writable.replace('rw-p', 'rw-s'), binary)).toBeNull();
  expect(bundlePages(section, writable.replace(' 4 kB', '16 kB'), binary)).toBeNull();
});

import { expect, test } from 'bun:test';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findSection } from '#native/linux/elf-section.ts';
import { scratchDirectory } from '../../../support/scratch-directory.ts';

const binary = resolve(import.meta.dir, '../../../../dist/lanlord');

test.skipIf(!existsSync(binary))(
  `the program knows where its own bundle lies${existsSync(binary) ? '' : ' (skipped: npm run build)'}`,
  () => {
    const section = findSection(binary, '.bun');
    expect(section?.address ?? 0).toBeGreaterThan(0);
    expect(section?.bytes ?? 0).toBeGreaterThan(1_000_000);
    expect(findSection(binary, '.no-such-section')).toBeNull();
  },
);

test('what is no executable, or is cut, has no sections', () => {
  const file = join(scratchDirectory(), 'file');
  for (const bytes of ['', '#!/bin/sh\n', '\x7fELF\x02\x01', `\x7fELF\x02\x01${'\0'.repeat(58)}`]) {
    writeFileSync(file, bytes, 'latin1');
    expect(findSection(file, '.bun')).toBeNull();
  }
});

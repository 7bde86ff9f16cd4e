// An election mode that is not there is said on the command line.
import { expect, test } from 'bun:test';
import { electionNotice } from '#cli/election-notice.ts';
import { nodeConfig } from '../../support/objects.ts';

function heard(option: 'lease' | null, modes: readonly ('solo' | 'vrrp' | 'lease')[]): readonly string[] {
  const notes: string[] = [];
  const notice = electionNotice({ election: option }, { note: (text) => notes.push(text) });
  for (const mode of modes) notice({ election: { ...nodeConfig().election, mode } });
  return notes;
}

test('lease is said once, by the name of who asked for it', () => {
  expect(heard('lease', ['lease', 'lease'])).toEqual([
    expect.stringMatching(/^lanlord: --election lease is not available .* as if it were alone/),
  ]);
  expect(heard(null, ['lease'])[0]).toStartWith('lanlord: election.mode: lease is not available');
});

test('it is said again when a reload brings it back, and never for the others', () => {
  expect(heard(null, ['lease', 'vrrp', 'lease'])).toHaveLength(2);
  expect(heard(null, ['solo', 'vrrp'])).toEqual([]);
});

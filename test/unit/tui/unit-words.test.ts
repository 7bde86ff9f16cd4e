// What systemd says of a daemon that is gone.
import { expect, test } from 'bun:test';
import { type RunCommand, UnitWords, unitText } from '#tui/app/unit-words.ts';
import { frameText, liveModel } from '../../support/ui-frames.ts';
import { down } from '../../support/ui-states.ts';
import { worlds } from '../../support/ui-worlds.ts';

const failed = `LoadState=loaded
ActiveState=failed
SubState=failed
Result=exit-code
ExecMainStatus=1
StateChangeTimestamp=Mon 2026-11-23 03:04:12 UTC
`;

test('how the unit stands, in a line', () => {
  expect(unitText(failed)).toBe('failed, exit status 1 (exit-code), since Mon 2026-11-23 03:04:12 UTC');
  expect(unitText('LoadState=loaded\nActiveState=active\nSubState=running\nResult=success\n')).toBe('active (running)');
  expect(unitText('LoadState=not-found\nActiveState=inactive\n')).toBeNull();
  expect(unitText('')).toBeNull();
});

test('asked behind what is shown, and not at every attempt', async () => {
  const asked: string[] = [];
  const run: RunCommand = async (file) => {
    asked.push(file);
    return file === 'systemctl' ? failed : 'one\ntwo\n\nthree\nfour\n';
  };
  let nowMs = 0;
  const words = new UnitWords({ run, nowMs: () => nowMs });
  expect(words.lines()).toEqual([]);
  await Bun.sleep(1);
  expect(words.lines()).toEqual([
    'lanlord.service: failed, exit status 1 (exit-code), since Mon 2026-11-23 03:04:12 UTC',
    'two',
    'three',
    'four',
  ]);
  expect(asked).toEqual(['systemctl', 'journalctl']);
  nowMs = 10_000;
  words.lines();
  await Bun.sleep(1);
  expect(asked).toHaveLength(4);
});

test('a machine without systemd, or without this unit, has nothing to say', async () => {
  for (const answer of [null, 'LoadState=not-found\n']) {
    const asked: string[] = [];
    const words = new UnitWords({
      nowMs: () => 0,
      run: async (file) => {
        asked.push(file);
        return answer;
      },
    });
    words.lines();
    await Bun.sleep(1);
    expect(words.lines()).toEqual([]);
    expect(asked).toEqual(['systemctl']);
  }
});

test('it stands on the page that says why there is no connection', () => {
  const log = ['lanlord.service: failed, exit status 1 (exit-code)', 'LL-CAP-001 cannot open eth0'];
  const model = down(liveModel({ world: worlds.healthy }), { cause: 'refused', message: 'No daemon listens', log });
  const text = frameText(model);
  expect(text).toMatch(
    /systemd +lanlord\.service: failed, exit status 1 \(exit-code\)\n +log +LL-CAP-001 cannot open eth0/,
  );
});

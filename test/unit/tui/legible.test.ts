// What a person has to be able to read at every size: headers, where one is in a list, what to do.
import { expect, test } from 'bun:test';
import type { Size } from '#tui/layout/breakpoint.ts';
import { frameText, liveModel, typed } from '../../support/ui-frames.ts';
import { down, uiState } from '../../support/ui-states.ts';
import { manyVips, world, worlds } from '../../support/ui-worlds.ts';

const sizes: readonly Size[] = [
  { columns: 200, rows: 60 },
  { columns: 160, rows: 50 },
  { columns: 120, rows: 35 },
  { columns: 80, rows: 24 },
  { columns: 40, rows: 12 },
];
const screens = ['1', '2', '3', '4', '6', '7'];

test('regression: a column is shown with its whole header, or not at all', () => {
  for (const size of sizes) {
    for (const key of screens) {
      for (const world of [worlds.duplicate, manyVips(300)]) {
        const text = frameText(typed(liveModel({ size, world }), key));
        expect(text).not.toMatch(/\b[A-Z][A-Z-]+…/);
      }
    }
  }
});

test('a list that is longer than its place says which part is shown, and follows the selection', () => {
  const world = manyVips(5000);
  for (const size of sizes) {
    const model = typed(liveModel({ size, world }), '4');
    expect(frameText(model)).toMatch(/1-\d+ of 5,000/);
    expect(frameText(typed(model, 'G'))).toMatch(/4,9\d\d-5,000 of 5,000/);
  }
  expect(frameText(typed(liveModel({ world: worlds.healthy }), '4'))).not.toMatch(/\d of 6/);
});

test('regression: what happened is not cut behind the dot of its kind', () => {
  const size = { columns: 80, rows: 24 };
  const events = frameText(typed(liveModel({ size, world: worlds.failover }), '7'));
  for (const kind of ['config.applied', 'leader.acquired', 'node.lost']) expect(events).toContain(kind);
});

test('regression: a problem on the smallest terminal is told by its sign, its whole code and what fits of its words', () => {
  const text = frameText(liveModel({ size: { columns: 40, rows: 12 }, world: worlds.failover }));
  expect(text).toContain('► ‼ NOBODY  2001:db8:10::5\n  nobody answers for 2001:db8:10::5');
});

test('regression: an explanation on the smallest terminal is lines of words, not a column of letters', () => {
  expect(frameText(uiState('pending', { size: { columns: 40, rows: 12 } }))).toContain(
    '    CiliumLoadBalancerIPPools that',
  );
});

test('regression: without a daemon the smallest terminal says what to do', () => {
  const size = { columns: 40, rows: 12 };
  expect(frameText(uiState('denied', { size }))).toContain('usermod -aG lanlord');
  expect(frameText(uiState('lost', { size }))).toContain('systemctl status lanlord');
  expect(frameText(uiState('never connected', { size }))).toContain('q quits');
});

test('where the terminal is wide the selected row is told beside its list, as far as it is known', () => {
  const size = { columns: 160, rows: 50 };
  const services = frameText(typed(liveModel({ size, world: worlds.duplicate }), '3', 'G'));
  expect(services).toMatch(/service media\/plex ─[\s\S]*PROBLEMS ─/);
  const leaders = frameText(typed(liveModel({ size, world: worlds.duplicate }), '4', 'j', 'j'));
  expect(leaders).toMatch(/─ 192\.168\.10\.213 ─[\s\S]*edge-1 → edge-2/);
  // Nobody was asked: nothing says that an answer is awaited.
  expect(leaders).not.toContain('asking the daemon');
});

test('a policy is told below the list of policies', () => {
  const text = frameText(typed(liveModel({ size: { columns: 80, rows: 24 }, world: worlds.duplicate }), '6'));
  expect(text).toMatch(/policy lan-web ─[\s\S]*192\.168\.10\.211 .*default\/web/);
});

test('actions on a narrow terminal say the command of the selected one', () => {
  const text = frameText(typed(uiState('actions', { size: { columns: 80, rows: 24 } }), 'j', 'j'));
  expect(text).toContain('  lanlord failover 192.168.10.211 --to edge-2');
});

test('leaving asks whether the daemon is to stop, unless there is none any more', () => {
  const own = liveModel({ world: worlds.healthy, ownsDaemon: true });
  expect(typed(own, 'q').ui.overlay).toBe('confirm-quit');
  expect(typed(down(own), 'q').ui.overlay).toBe(null);
  const silent = down(own, { cause: 'timeout', message: 'it does not answer', log: [] });
  expect(typed(silent, 'q').ui.overlay).toBe('confirm-quit');
});

test('the header tells that files on disk are newer than what runs, and that they were refused', () => {
  const header = (more: Parameters<typeof world>[1]) =>
    frameText(liveModel({ size: { columns: 120, rows: 35 }, world: world({}, more) })).split('\n')[0];
  expect(header({ generation: 17, disk: 'same' })).toContain('config #17 ok ');
  expect(header({ generation: 17, disk: 'changed' })).toContain('config #17 CHANGED ');
  expect(header({ generation: 17, disk: 'refused', configValid: false })).toContain('config #17 STALE ');
});

// What files would change, on the Policies screen: when it is asked, what is shown of it, and where its rows lead.
import { expect, test } from 'bun:test';
import type { Model } from '#tui/state/model.ts';
import type { Effect, UiEvent } from '#tui/state/ui-event.ts';
import type { World } from '#tui/state/world.ts';
import { update } from '#tui/update/update.ts';
import { after, frameText, liveModel, typed } from '../../support/ui-frames.ts';
import { down, plan, refusedPlan, uiState } from '../../support/ui-states.ts';
import { nowMs, worlds } from '../../support/ui-worlds.ts';

const size = { columns: 100, rows: 30 };
const live = (world: World = worlds.edited) => liveModel({ size, world });
const effectsOf = (model: Model, key: string): readonly Effect[] => update(model, { kind: 'key', key }, nowMs).effects;
const newsOf = (model: Model, world: World): readonly Effect[] =>
  update(model, { kind: 'world', world }, nowMs).effects;
const told = (paths: readonly string[], value = plan): UiEvent => ({
  kind: 'planned',
  paths,
  answer: { ok: true, value },
});
const ofDisk = { kind: 'plan', paths: [] } as const;

/** The same world with another word of the daemon about its files. */
function withStatus(more: Partial<NonNullable<World['status']>>): World {
  const { status } = worlds.edited;
  if (status === null) throw new Error('the world has no status');
  return { ...worlds.edited, status: { ...status, ...more } };
}

/** The line that has the keys. */
function selected(model: Model): string {
  const lines = frameText(model).split('\n');
  return lines.find((line) => line.includes('►')) ?? '';
}

test('on the way to the policies it is asked for while the files on disk are not what runs, and only then', () => {
  expect(effectsOf(live(), '6')).toEqual([ofDisk]);
  expect(effectsOf(live(withStatus({ disk: 'refused' })), '6')).toEqual([ofDisk]);
  expect(effectsOf(live(withStatus({ disk: 'same' })), '6')).toEqual([]);
  expect(effectsOf(live(worlds.healthy), '6')).toEqual([]);
  expect(frameText(typed(live(worlds.healthy), '6'))).not.toContain('PLAN');
});

test('on that screen news of the files, or of a reload, ask anew; elsewhere they do not', () => {
  const same = withStatus({ disk: 'same' });
  const there = typed(live(same), '6');
  expect(newsOf(there, same)).toEqual([]);
  expect(newsOf(there, worlds.edited)).toEqual([ofDisk]);
  expect(newsOf(live(same), worlds.edited)).toEqual([]);
  const known = after(typed(live(), '6'), told([]));
  expect(newsOf(known, worlds.edited)).toEqual([]);
  expect(newsOf(known, withStatus({ generation: 18, disk: 'same' }))).toEqual([ofDisk]);
});

test('one question at a time; r asks anew while the daemon is there', () => {
  const asking = typed(live(), '6');
  expect(effectsOf(asking, '6')).toEqual([]);
  expect(effectsOf(asking, 'r')).toEqual([]);
  const known = after(asking, told([]));
  expect(effectsOf(known, 'r')).toEqual([ofDisk]);
  expect(effectsOf(typed(down(known), 'esc'), 'r')).toEqual([{ kind: 'retry' }]);
});

test(':plan asks about other files and takes the keys there; a late answer about others changes nothing', () => {
  const model = typed(live(worlds.healthy), ':', ...'plan new/ more.yaml');
  expect(effectsOf(model, 'enter')).toEqual([{ kind: 'plan', paths: ['new/', 'more.yaml'] }]);
  const asked = typed(model, 'enter');
  expect(asked.ui.place).toEqual({ screen: 'policies', page: null });
  expect(frameText(asked)).toContain('PLAN new/ more.yaml → running #17');
  expect(frameText(after(asked, told([])))).toContain('evaluating these files');
  expect(selected(after(asked, told(['new/', 'more.yaml'])))).toContain('~ changed');
  // Also from the screen itself, where the files on disk are asked for on the way.
  expect(update(typed(live(), ':', ...'plan'), { kind: 'key', key: 'enter' }, nowMs).effects).toEqual([ofDisk]);
});

test('objects with their fields, VIPs with what becomes of them, and what it comes to', () => {
  const text = frameText(uiState('plan', { size: { columns: 160, rows: 50 } }));
  expect(text).toMatch(/~ changed +CiliumLoadBalancerIPPool\/blue +20 addresses \(was 30\) +10-pools\.yaml:3/);
  expect(text).toMatch(/spec\.blocks\[0\]\.stop +"192\.168\.10\.229" → "192\.168\.10\.219"/);
  expect(text).toMatch(/- removed +CiliumL2AnnouncementPolicy\/lan-ci .*was \S*20-policies\.yaml:18/);
  expect(text).toMatch(/‼ OUTAGE +192\.168\.10\.214 {2}ci\/registry +edge-3 → nobody {2}no policy selects it/);
  expect(text).toMatch(/▲ IP CHANGE +192\.168\.10\.223 {2}iot\/broker +192\.168\.10\.223 → 192\.168\.10\.205/);
  expect(text).toMatch(/▲ PENDING +iot\/cam +pool blue is exhausted/);
  expect(text).toContain('1 VIP loses its answer, 1 changes its address, 1 new');
  expect(text).toContain('lanlord reload applies it');
});

test('files that would be refused say where and why', () => {
  const text = frameText(after(typed(live(), '6'), told([], refusedPlan)));
  expect(text).toContain('nothing would be applied');
  expect(text).toMatch(/× error +LL-CFG-002 +unknown field spec\.blockz +\S*10-pools\.yaml:6/);
});

test('the selected row is told in full below, with what helps and its place', () => {
  const narrow = { columns: 80, rows: 24 };
  const refused = after(typed(liveModel({ size: narrow, world: worlds.edited }), '6'), told([], refusedPlan));
  expect(frameText(refused)).toMatch(/LL-CFG-002: unknown field spec\.blockz\n +/);
  expect(frameText(refused)).toMatch(/= did you mean blocks\n +\/etc\/lanlord\/10-pools\.yaml:6/);
  const outage = typed(after(typed(liveModel({ size: narrow, world: worlds.edited }), '6'), told([])), 'tab', 'n');
  expect(frameText(outage)).toContain('192.168.10.214  ci/registry: edge-3 → nobody  no policy selects it');
});

test('rows lead to what they are about, and a failure is told without taking away what is known', () => {
  const model = typed(after(typed(live(), '6'), told([])), 'tab');
  expect(typed(model, 'enter').ui.place.page).toEqual({ kind: 'pool', name: 'blue' });
  const outage = typed(model, 'n');
  expect(selected(outage)).toContain('OUTAGE');
  expect(typed(outage, 'enter').ui.place.page).toEqual({ kind: 'ip', ip: '192.168.10.214' });
  expect(effectsOf(outage, 'e')).toEqual([{ kind: 'explain', object: 'ip/192.168.10.214' }]);
  expect(effectsOf(outage, 'x')).toMatchObject([{ kind: 'save-rows', name: 'plan' }]);
  expect(effectsOf(typed(outage, 'c'), 'c')).toMatchObject([{ kind: 'copy', text: 'lanlord plan' }]);
  const failed = after(model, { kind: 'planned', paths: [], answer: { ok: false, message: 'no daemon here' } });
  expect(frameText(failed)).toContain('no daemon here');
  expect(frameText(failed)).toContain('OUTAGE');
});

test('a filter of the policies hides nothing of it, esc puts it away, and the list has the keys again', () => {
  const model = typed(after(typed(live(), '6'), told([])), 'tab', '/', ...'far', 'enter');
  expect(frameText(model)).toContain('OUTAGE');
  const away = typed(model, 'esc', 'esc');
  expect(frameText(away)).not.toContain('OUTAGE');
  expect(selected(away)).toContain('lan-web');
});

test('frozen, it is shown all the same: it was asked for', () => {
  const model = after(typed(live(), 'p', '6'), told([]));
  expect(frameText(model)).toContain('OUTAGE');
});

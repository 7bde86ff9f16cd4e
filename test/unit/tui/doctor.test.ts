// The doctor on the screen: asked by a key, failures first, with or without a daemon.
import { expect, test } from 'bun:test';
import type { Effect } from '#tui/state/ui-event.ts';
import { update } from '#tui/update/update.ts';
import { after, frameText, liveModel, typed } from '../../support/ui-frames.ts';
import { down, examined, uiState } from '../../support/ui-states.ts';
import { nowMs, worlds } from '../../support/ui-worlds.ts';

const size = { columns: 80, rows: 24 };
const live = () => liveModel({ size, world: worlds.healthy });
const effectsOf = (model: ReturnType<typeof live>, key: string): readonly Effect[] =>
  update(model, { kind: 'key', key }, nowMs).effects;

test('d examines this machine, once at a time, and r does it again', () => {
  expect(effectsOf(live(), 'd')).toEqual([{ kind: 'examine' }]);
  const asking = typed(live(), 'd');
  expect(frameText(asking)).toContain('examining this machine');
  expect(effectsOf(asking, 'r')).toEqual([]);
  const known = after(asking, { kind: 'examined', answer: { ok: true, value: examined } });
  expect(effectsOf(known, 'r')).toEqual([{ kind: 'examine' }]);
  // Opened again it shows what was found, and looks once more.
  expect(effectsOf(typed(known, 'esc'), 'd')).toEqual([{ kind: 'examine' }]);
  expect(frameText(typed(known, 'esc', 'd'))).toContain('proxy_arp is on');
});

test('outside of it r connects again', () => {
  expect(effectsOf(live(), 'r')).toEqual([{ kind: 'retry' }]);
});

test('failures come first, then warnings, each with its code and what to do; the title counts them', () => {
  const text = frameText(uiState('doctor', { size }));
  expect(text).toContain('DOCTOR 2 failures, 1 warning, 9 ok');
  const at = (part: string) => text.indexOf(part);
  expect(at('× VIP 192.168.10.212 is configured on eth0')).toBeGreaterThan(at('× net.ipv4.conf.eth0.proxy_arp is on'));
  expect(at('▲ net.ipv6.conf.br-lan.proxy_ndp')).toBeGreaterThan(at('VIP 192.168.10.212'));
  expect(at('√ libpcap')).toBeGreaterThan(at('proxy_ndp'));
  expect(text).toContain('LL-DOC-023');
  expect(text).toContain('fix: ip address del 192.168.10.212 dev eth0');
});

test('it covers the page that says that no daemon is there, and esc leads back to that', () => {
  const lost = down(live());
  const text = frameText(typed(lost, 'd'));
  expect(text).toContain('DOCTOR');
  expect(text).not.toContain('No daemon listens');
  expect(frameText(typed(lost, 'd', 'esc'))).toContain('No daemon listens');
  expect(frameText(typed(lost, 'd', 'd'))).toContain('No daemon listens');
});

test('why it could not be asked is told, and what was found before stays', () => {
  const answer = { ok: false, message: 'lanlord doctor did not end within 15 s' } as const;
  const text = frameText(after(uiState('doctor', { size }), { kind: 'examined', answer }));
  expect(text).toContain(answer.message);
  expect(text).toContain('proxy_arp is on');
});

test('what does not fit is scrolled to, down to its end, at 40 by 12, too', () => {
  const small = { columns: 40, rows: 12 };
  const model = uiState('doctor', { size: small });
  expect(frameText(model)).not.toContain('(6 VIPs)');
  const end = typed(model, 'G');
  expect(frameText(end)).toContain('(6 VIPs)');
  expect(frameText(typed(end, 'j'))).toBe(frameText(end));
  expect(frameText(typed(end, 'g'))).toBe(frameText(model));
});

test('x saves the checks, c copies what is to be done, twice the command', () => {
  const model = uiState('doctor', { size });
  expect(effectsOf(model, 'c')).toMatchObject([
    { kind: 'copy', text: expect.stringMatching(/^sysctl .*\nip address del/), what: '3 fixes' },
  ]);
  expect(effectsOf(model, 'x')).toEqual([{ kind: 'save-rows', name: 'doctor', rows: examined.checks }]);
  expect(effectsOf(typed(model, 'c'), 'c')).toEqual([{ kind: 'copy', text: 'lanlord doctor', what: 'lanlord doctor' }]);
});

// What somebody sees who does not know the program, at three in the morning: what matters first, what to do, which keys.
import { expect, test } from 'bun:test';
import { whatToDo } from '#tui/screens/what-to-do.ts';
import { actionOf } from '#tui/state/keymap.ts';
import { filterFault } from '#tui/state/row-filter.ts';
import { update } from '#tui/update/update.ts';
import { after, frameText, liveModel, type ModelWishes, typed } from '../../support/ui-frames.ts';
import { explained, head, uiState } from '../../support/ui-states.ts';
import { ago, manyVips, nowMs, world, worlds } from '../../support/ui-worlds.ts';

const night = (wishes: ModelWishes = {}) => liveModel({ world: worlds.duplicate, ...wishes });
const narrow = { columns: 80, rows: 24 };
const smallest = { columns: 40, rows: 12 };

function lastLines(text: string): readonly string[] {
  return text.split('\n').slice(-2);
}

test('the selected problem says what to do; other screens say how many there are and where', () => {
  expect(lastLines(frameText(night()))[0]).toBe(' ‼ What to do: lanlord who-has 192.168.10.211 --probe');
  expect(lastLines(frameText(typed(night(), 'j')))[0]).toBe(
    ' ▲ What to do: copy the files and lanlord reload there; lanlord get nodes',
  );
  // There enter opens another thing than the problem: nothing says that it would open that.
  expect(lastLines(frameText(typed(night(), '2')))[0]).toBe(' ‼ 1 critical problem, 3 warnings: 1 shows them');
  expect(lastLines(frameText(typed(night(), 'tab')))[0]).toBe(' ‼ 1 critical problem, 3 warnings: tab leads to them');
  expect(lastLines(frameText(night({ size: smallest })))[0]).toStartWith(' ‼ lanlord who-has 192.168.10.211');
});

test('a problem without advice of its own gets that of the reference of codes', () => {
  const problem = { code: 'POOL', severity: 'warning', object: 'pool/a', message: '', since: '', hint: '' } as const;
  expect(whatToDo(problem)).toBe('Add a block');
  expect(whatToDo({ ...problem, code: 'UNHEARD-OF' })).toBe('');
});

test.each([
  ['a list', [], 'j/k move  enter open'],
  ['the stream', ['5'], 'G newest'],
  ['the page of an address', ['enter'], 'a probe now'],
  ['the help', ['?'], 'esc close'],
  ['a filter that is typed', ['/'], 'tab complete'],
  ['an explanation', ['3', 'e'], '^d ^u scroll'],
])('the last line has the keys of %s', (_, keys, hint) => {
  expect(lastLines(frameText(typed(night(), ...keys)))[1]).toContain(hint);
});

test('keys of the last line are keys that do something, also without a daemon', () => {
  const shown = [night(), typed(night(), '5'), typed(night(), 'enter'), uiState('lost', { size: narrow })];
  for (const model of shown) {
    const hints = (lastLines(frameText(model))[1] ?? '').trim().split(/ {2,}/);
    for (const hint of hints)
      for (const key of (hint.split(' ')[0] ?? '').split('/')) {
        if (key !== '') expect([hint, actionOf(key) ?? actionOf(hint[0] ?? '')]).not.toEqual([hint, undefined]);
      }
  }
  expect(lastLines(frameText(uiState('lost', { size: narrow })))[1]).toContain('r retry now');
});

test('regression: with an explanation open its list is still seen, on every screen', () => {
  for (const size of [{ columns: 120, rows: 35 }, narrow]) {
    expect(frameText(typed(night({ size }), '4', 'j', 'e'))).toContain('► 192.168.10.212');
    expect(frameText(typed(night({ size }), '3', 'e'))).toMatch(/► default/);
    expect(frameText(typed(night({ size }), 'e'))).toContain('► ‼');
    expect(frameText(typed(night({ size }), 'tab', 'e'))).toContain('► 192.168.10.211');
    expect(frameText(typed(night({ size }), '7', 'e'))).toMatch(/► 03:06:02/);
  }
});

test('regression: a long explanation says which part is shown, and the rest can be reached', () => {
  const many = Array.from({ length: 40 }, (_, at) => ({ ...explained.steps[0], message: `step number ${at}` }));
  const answer = { ...head, ...explained, steps: many } as typeof explained;
  for (const size of [{ columns: 120, rows: 35 }, narrow, smallest]) {
    const model = after(typed(night({ size }), '3', 'e'), {
      kind: 'explained',
      object: 'svc/default/web',
      answer: { ok: true, value: answer },
    });
    expect(frameText(model)).toMatch(/1-\d+ of \d+/);
    expect(frameText(model)).not.toContain('step number 39');
    const end = typed(model, ...Array.from({ length: 40 }, () => 'ctrl-d'));
    expect(frameText(end)).toContain('step number 39');
    expect(typed(end, ...Array.from({ length: 40 }, () => 'pageup')).ui.explain?.top).toBe(0);
  }
});

test('e on another row explains that one, on the same row it closes', () => {
  const first = typed(night(), '3', 'e');
  expect(first.ui.explain?.object).toBe('svc/default/web');
  const second = typed(first, 'j', 'e');
  expect(second.ui.explain?.object).toBe('svc/default/api');
  expect(typed(second, 'e').ui.explain).toBeNull();
});

const refused = {
  code: 'STALE-CFG',
  severity: 'critical',
  object: 'config',
  message: `Configuration on disk is refused, generation 17 goes on running: /etc/lanlord/10-pools.yaml:7:11: ${'x'.repeat(80)} the end`,
  since: ago(60),
  hint: '',
} as const;

test('regression: a problem about nothing that has a page is read whole on its own page, by enter and by e', () => {
  const model = liveModel({ size: narrow, world: world({ problems: [refused] }) });
  expect(frameText(model)).not.toContain('the end');
  for (const key of ['enter', 'e']) {
    const page = frameText(typed(model, key));
    expect(page).toContain('the end');
    expect(page).toMatch(/WHAT TO DO[\s\S]*lanlord check PATH[\s\S]*WHAT IT MEANS/);
    expect(page).toContain('1m00s ago');
  }
  const over = after(typed(model, 'enter'), { kind: 'world', world: world({}) });
  expect(frameText(over)).toContain('This problem is over');
});

test('a box has a page: from the list of nodes, and from its problem', () => {
  const page = frameText(typed(night(), 'j', 'enter'));
  expect(page).toMatch(
    /node edge-3[\s\S]*runs configuration #16[\s\S]*copy the files[\s\S]*ANSWERS FOR 1 [\s\S]*10\.214/,
  );
  expect(frameText(typed(night(), '4', 'tab', 'enter'))).toMatch(/node edge-1/);
});

test('policies are explained, too', () => {
  expect(typed(night(), '6', 'e').ui.explain?.object).toBe('policy/lan-web');
  expect(typed(night(), '6', 'enter', 'e').ui.explain?.object).toBe('policy/lan-web');
});

test('who answers: addresses in trouble stand first, among thousands, too', () => {
  const many = manyVips(3000);
  const leaders = many.lists.leaders.map((row, at) => (at === 2500 ? ({ ...row, state: 'nobody' } as const) : row));
  const text = frameText(liveModel({ world: world({ ...many.lists, leaders }) }));
  expect(text).toMatch(/VIP +SERVICE[^\n]*\n[^\n]*10\.1\.9\.196 .*nobody/);
});

test('a start is no failover; how many there were in a day is said, and the worst', () => {
  const start = { ...(worlds.healthy.lists.history[0] ?? never()), from: null, to: 'edge-1', cause: 'start' };
  const only = world({ ...worlds.healthy.lists, history: [start] });
  expect(frameText(liveModel({ world: only }))).toContain('no failover yet');
  expect(frameText(liveModel({ world: worlds.failover }))).toMatch(/24h +2 failovers, worst 1\.84s/);
});

function never(): never {
  throw new Error('the world has no history');
}

test('the confirmation of an action shows the command and what has to be typed', () => {
  for (const size of [{ columns: 120, rows: 35 }, narrow, smallest]) {
    const text = frameText(typed(night({ size, writable: true }), '4', '!', 'j', 'enter'));
    expect(text).toContain('lanlord failover 192.168.10.211');
    expect(text).toContain('Type 192.168.10.211 to do it');
  }
  expect(frameText(typed(night({ writable: true }), '4', '!', 'enter'))).toContain(' type 192.168.10.211 to do it:');
});

test('the page of an address leads to its frames; a MAC address that is asked for, too', () => {
  const frames = typed(night(), 'enter', '5');
  expect(frames.ui.place).toEqual({ screen: 'traffic', page: null });
  expect(frames.ui.filters.traffic).toBe('vip="192.168.10.211"');
  const mac = typed(night(), 'i', ...'52:54:00:be:ef:07', 'enter');
  expect(mac.ui.filters.traffic).toBe('mac="52:54:00:be:ef:07"');
  for (const filter of ['vip="192.168.10.211"', 'vip="2001:db8::5"', 'mac="52:54:00:be:ef:07"']) {
    expect(filterFault(filter)).toBeNull();
  }
});

test('tab completes what only one thing begins with, and says what there is otherwise', () => {
  expect(typed(night(), '4', '/', ...'verd', 'tab').ui.prompt?.text).toBe('verdict:');
  expect(typed(night(), '4', '/', ...'svc:a ver', 'tab').ui.prompt?.text).toBe('svc:a verdict:');
  expect(frameText(typed(night(), '4', '/', 'v', 'tab'))).toContain('vip  vlan  verdict');
  expect(typed(night(), ':', ...'pool', 'tab').ui.prompt?.text).toBe('pools ');
  expect(typed(night(), '4', '/', ...'zz', 'tab').ui.prompt?.text).toBe('zz');
});

test('without a daemon the last known state stands below why, where there is room', () => {
  const text = frameText(uiState('lost', { size: { columns: 120, rows: 35 } }));
  expect(text).toMatch(/No daemon listens[\s\S]*STALE 3m09s ─+ nothing here is live[\s\S]*192\.168\.10\.211/);
});

test('the help and pages say which part of them is shown', () => {
  expect(frameText(typed(night({ size: narrow }), '?'))).toMatch(/Keys +esc closes +1-19 of \d+/);
  expect(frameText(typed(night({ size: narrow }), '?', 'G'))).toMatch(/COMMANDS[\s\S]*:mac ADDRESS/);
});

test('the problem of the selected pool is told below its addresses, with what to do', () => {
  const text = frameText(typed(night(), '2'));
  expect(text).toContain('▲ 27 of 30 addresses of pool "blue" are used (90 %): add a block');
});

test('probes of other boxes are no clients that asked', () => {
  const base = uiState('address', { size: { columns: 120, rows: 35 } });
  const { detail } = base.ui;
  const probe = detail?.frames.map((frame) => ({ ...frame, operation: 'probe' as const, sender: null })) ?? [];
  const probed = { ...base, ui: { ...base.ui, detail: detail === null ? null : { ...detail, frames: probe } } };
  expect(frameText(probed)).toContain('nobody, as far as the last frames tell');
});

test('regression: on the smallest terminal neither the MAC of who answers nor advice is cut', () => {
  const page = frameText(uiState('address', { size: smallest }));
  expect(page).toContain('52:54:00:aa:00:01  eth0');
  expect(frameText(liveModel({ size: smallest, world: worlds.empty }))).toMatch(/CiliumLoadBalancerIPPool\s+into/);
});

test('regression: more columns do not shorten states, services or addresses', () => {
  for (const size of [{ columns: 160, rows: 50 }, { columns: 120, rows: 35 }, narrow]) {
    const text = frameText(typed(night({ size }), '4', 'w'));
    for (const whole of ['○ standby', 'dns/resolver +1', '192.168.10.4 ', '▲ stale-config'])
      expect(text).toContain(whole);
  }
});

test('regression: a service whose address nobody answers for does not look well because it has one', () => {
  const rows = (model: Parameters<typeof frameText>[0]) => frameText(typed(model, '3'));
  expect(rows(night())).toMatch(/default +web .*• ready +‼ DUP/);
  expect(rows(liveModel({ world: worlds.failover }))).toMatch(/default +web .*• ready +▲ nobody/);
  // No policy announces it.
  const unannounced = world({ ...worlds.healthy.lists, leaders: [] });
  expect(rows(liveModel({ world: unannounced }))).toMatch(/default +api .*• ready +▲ nobody/);
  expect(rows(night())).toMatch(/media +plex .*▲ pending +- +no_pool/);
  // What is saved is the service as the daemon told it.
  const { effects } = update(typed(night(), '3'), { kind: 'key', key: 'x' }, nowMs);
  expect(effects).toMatchObject([{ kind: 'save-rows', rows: night().world.lists.services }]);
});

test('a handover was asked for: it is no failover', () => {
  const change = worlds.healthy.lists.history[0] ?? never();
  const history = [change, { ...change, at: ago(5), cause: 'handover', gapSeconds: 0, detectSeconds: null }];
  const text = frameText(liveModel({ world: world({ ...worlds.healthy.lists, history }) }));
  expect(text).toMatch(/edge-1 → edge-2 {2}handover/);
  expect(text).toMatch(/24h +1 failover, worst 1\.84s/);
  expect(text).toContain('1 handover');
});

test('regression: what is pasted does nothing but fill the line that is typed, which it never ends', () => {
  const paste = (model: Parameters<typeof frameText>[0], text: string) => after(model, { kind: 'paste', text });
  const plain = paste(night({ writable: true }), 'q!\n192.168.10.211\n');
  expect(plain.ui.place).toEqual(night().ui.place);
  expect(frameText(plain)).toContain('Pasted text is no key: / : or i take it.');
  expect(paste(typed(night(), 'i'), ' 192.168.10.211\n').ui.prompt?.text).toBe('192.168.10.211');
  expect(paste(typed(night(), '4', '/'), 'svc:default/web\nq').ui.filters.leaders).toBe('svc:default/web q');
  expect(paste(typed(night(), ':'), 'x'.repeat(100_000)).ui.prompt?.text.length).toBe(500);
  const confirming = paste(typed(night({ ownsDaemon: true }), 'q'), 'y');
  expect(confirming.ui.overlay).toBe('confirm-quit');
});

test('regression: a problem that comes while somebody looks takes its place by rank, not the last one', () => {
  const problems = worlds.duplicate.lists.problems;
  const [critical, ...others] = problems;
  const late = world({
    ...worlds.duplicate.lists,
    problems: [...others.toReversed(), ...(critical ? [critical] : [])],
  });
  const text = frameText(liveModel({ world: late }));
  expect(text).toMatch(/► ‼ {2}CRIT {2}DUP[^\n]*\n[^\n]*CONF[^\n]*\n[^\n]*POOL[^\n]*\n[^\n]*PEND/);
});

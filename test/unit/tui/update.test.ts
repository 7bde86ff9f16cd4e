// What keys and news do, without a terminal.
import { describe, expect, test } from 'bun:test';
import type { TrafficAnswer, TrafficItem } from '#control/traffic-protocol.ts';
import { actionOf } from '#tui/state/keymap.ts';
import type { Model } from '#tui/state/model.ts';
import type { Effect, UiEvent } from '#tui/state/ui-event.ts';
import { update } from '#tui/update/update.ts';
import { after, frameText, liveModel, typed } from '../../support/ui-frames.ts';
import { manyVips, nowMs, world, worlds } from '../../support/ui-worlds.ts';

const live = (from = worlds.duplicate) => liveModel({ world: from });

/** The effects of the last of these keys. */
function effects(model: Model, ...keys: readonly string[]): readonly Effect[] {
  const before = typed(model, ...keys.slice(0, -1));
  return update(before, { kind: 'key', key: keys.at(-1) ?? '' }, nowMs).effects;
}

/** The selected row, as it is drawn. */
function selected(model: Model): string {
  return (
    frameText(model)
      .split('\n')
      .find((line) => line.includes('►')) ?? ''
  );
}

describe('places', () => {
  test('numbers go to screens, enter opens, esc and q come back, at the top q quits', () => {
    const page = typed(live(), '4', 'j', 'enter');
    expect(page.ui.place).toEqual({ screen: 'leaders', page: { kind: 'ip', ip: '192.168.10.212' } });
    expect(typed(page, 'esc').ui.place).toEqual({ screen: 'leaders', page: null });
    expect(typed(page, 'q').ui.place).toEqual({ screen: 'leaders', page: null });
    expect(effects(live(), '4', 'q')).toEqual([{ kind: 'quit' }]);
  });

  test('[ and ] walk through the places', () => {
    const model = typed(live(), '4', 'enter', '7');
    const back = typed(model, '[');
    expect(back.ui.place.page).toEqual({ kind: 'ip', ip: '192.168.10.211' });
    expect(typed(back, '[', '[').ui.place).toEqual({ screen: 'overview', page: null });
    expect(typed(back, ']').ui.place.screen).toBe('events');
  });

  test('a problem leads to what it is about', () => {
    expect(typed(live(), 'enter').ui.place.page).toEqual({ kind: 'ip', ip: '192.168.10.211' });
    expect(typed(live(), 'j', 'enter').ui.place.page).toEqual({ kind: 'node', name: 'edge-3' });
    expect(typed(live(), 'j', 'j', 'enter').ui.place.page).toEqual({ kind: 'pool', name: 'blue' });
    expect(typed(live(), 'j', 'j', 'j', 'enter').ui.place.page).toEqual({ kind: 'service', name: 'media/plex' });
  });

  test('tab gives the keys to the next list, and around', () => {
    const model = live();
    expect(selected(typed(model, 'tab'))).toContain('192.168.10.211');
    expect(selected(typed(model, 'tab', 'tab'))).toContain('blue');
    expect(selected(typed(model, 'tab', 'tab', 'tab', 'tab'))).toBe(selected(model));
    expect(selected(typed(model, 'shift-tab'))).toBe(selected(typed(model, 'tab', 'tab', 'tab')));
  });
});

describe('the selection', () => {
  const leaders = () => typed(live(manyVips(500)), '4');

  test('moves by rows, half pages, pages and to the ends', () => {
    expect(selected(typed(leaders(), 'j', 'j', 'k'))).toContain('10.1.0.1 ');
    expect(selected(typed(leaders(), 'G'))).toContain('10.1.1.243');
    expect(selected(typed(leaders(), 'G', 'g'))).toContain('10.1.0.0 ');
    expect(selected(typed(leaders(), 'ctrl-d', 'ctrl-u'))).toContain('10.1.0.0 ');
    expect(selected(typed(leaders(), 'k'))).toContain('10.1.0.0 ');
  });

  test('is what is selected, not where it stood: rows before it do not move it on the screen', () => {
    const model = typed(leaders(), ...'jjjjj');
    const line = frameText(model)
      .split('\n')
      .findIndex((text) => text.includes('►'));
    const fewer = manyVips(500);
    const rest = { ...fewer, lists: { ...fewer.lists, leaders: fewer.lists.leaders.slice(3) } };
    const moved = after(model, { kind: 'world', world: rest });
    expect(selected(moved)).toContain('10.1.0.5 ');
    const scrolled = typed(leaders(), 'G', ...'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk');
    const at = (from: Model) =>
      frameText(from)
        .split('\n')
        .findIndex((text) => text.includes('►'));
    const shifted = after(scrolled, { kind: 'world', world: rest });
    expect(selected(shifted).trim()).toBe(selected(scrolled).trim());
    expect(at(shifted)).toBe(at(scrolled));
    expect(line).toBeGreaterThan(0);
  });

  test('of a row that is gone the one in its place is selected', () => {
    const model = typed(leaders(), 'j', 'j');
    const all = manyVips(500);
    const without = { ...all, lists: { ...all.lists, leaders: all.lists.leaders.toSpliced(2, 1) } };
    expect(selected(after(model, { kind: 'world', world: without }))).toContain('10.1.0.3 ');
  });
});

describe('filters', () => {
  test('the last valid filter stays while one is typed that is none', () => {
    const model = typed(live(), '4', '/', ...'svc:default/api');
    expect(model.ui.filters.leaders).toBe('svc:default/api');
    const broken = typed(model, ...' vpi:1');
    expect(broken.ui.prompt?.fault).toContain('vip');
    expect(broken.ui.filters.leaders).toBe('svc:default/api vpi');
    expect(typed(broken, 'enter').ui.prompt).not.toBeNull();
  });

  test('esc once leaves the line, twice clears the filter; other screens keep theirs', () => {
    const model = typed(live(), '4', '/', ...'api', 'esc');
    expect(model.ui.filters.leaders).toBe('api');
    expect(typed(model, '3', '/', ...'plex', 'enter', 'esc').ui.filters).toEqual({ leaders: 'api' });
    expect(typed(model, 'esc').ui.filters).toEqual({});
  });

  test('a filter never hides a problem', () => {
    const text = frameText(typed(live(), '/', ...'nothing-has-this', 'enter'));
    expect(text).toContain('Problems (4)');
    expect(text).toContain('also claimed by');
    expect(text).toContain('0 of 6 match');
  });

  test('earlier ones come back by up and down', () => {
    const model = typed(live(), '4', '/', ...'one', 'enter', '/', 'ctrl-u', ...'two', 'enter', '/', 'up');
    expect(model.ui.prompt?.text).toBe('two');
    expect(typed(model, 'up').ui.prompt?.text).toBe('one');
    expect(typed(model, 'up', 'down', 'down').ui.prompt?.text).toBe('');
  });

  test('@self is this node', () => {
    const model = typed(live(), '4', '/', ...'leader:@self', 'enter');
    expect(frameText(model)).toContain('4 of 6');
  });
});

describe('questions', () => {
  const explained = (object: string): UiEvent => ({
    kind: 'explained',
    object,
    answer: { ok: false, message: 'No such object' },
  });

  test('e asks about what is selected; a late answer about something else changes nothing', () => {
    const model = typed(live(), '3');
    expect(effects(live(), '3', 'e')).toEqual([{ kind: 'explain', object: 'svc/default/web' }]);
    const open = typed(model, 'e');
    expect(after(open, explained('svc/other/one'))).toEqual(open);
    expect(frameText(after(open, explained('svc/default/web')))).toContain('No such object');
    expect(typed(open, 'esc').ui.explain).toBeNull();
    expect(after(typed(open, 'esc'), explained('svc/default/web')).ui.explain).toBeNull();
  });

  test('who leads a standby address is asked as such', () => {
    expect(effects(live(), '4', 'j', 'j', 'e')).toEqual([{ kind: 'explain', object: 'leader/192.168.10.213' }]);
  });

  test('i takes an address or a service, and says what it does not know', () => {
    expect(typed(live(), 'i', ...'2001:DB8:10::5', 'enter').ui.place.page).toEqual({
      kind: 'ip',
      ip: '2001:db8:10::5',
    });
    expect(typed(live(), 'i', ...'api', 'enter').ui.place.page).toEqual({ kind: 'ip', ip: '192.168.10.212' });
    expect(typed(live(), 'i', ...'media/plex', 'enter').ui.place.page).toEqual({ kind: 'service', name: 'media/plex' });
    expect(typed(live(), 'i', ...'nonsense', 'enter').ui.prompt?.fault).toContain('no service of that name');
  });

  test('a asks the LAN once, until the answer is there', () => {
    expect(effects(live(), '4', 'a')).toEqual([{ kind: 'address', ip: '192.168.10.211', probe: true }]);
    const asking = typed(live(), '4', 'a');
    expect(asking.ui.place.page).toEqual({ kind: 'ip', ip: '192.168.10.211' });
    expect(effects(asking, 'a')).toEqual([]);
  });
});

describe('leaving', () => {
  test('ctrl-c asks once; any other key between starts anew', () => {
    expect(effects(live(), 'ctrl-c')).toEqual([]);
    expect(effects(live(), 'ctrl-c', 'ctrl-c')).toEqual([{ kind: 'quit' }]);
    expect(effects(live(), 'ctrl-c', 'j', 'ctrl-c')).toEqual([]);
  });

  test('an interface that owns its daemon asks, and only y means yes', () => {
    const own = liveModel({ world: worlds.healthy, ownsDaemon: true });
    for (const key of ['q', 'ctrl-c']) {
      expect(effects(own, key)).toEqual([]);
      expect(frameText(typed(own, key))).toContain('Stop the daemon and leave? y/n It answers for 4 VIPs.');
      expect(effects(own, key, 'y')).toEqual([{ kind: 'quit' }]);
      for (const other of ['n', 'q', 'enter', 'esc', 'ctrl-c']) expect(effects(own, key, other)).toEqual([]);
    }
    expect(effects(own, ':', 'q', 'u', 'i', 't', 'enter')).toEqual([]);
  });
});

describe('looking', () => {
  test('frozen, news change nothing on the screen but the word', () => {
    const frozen = typed(live(), 'p');
    const before = frameText(frozen);
    expect(before).toContain('FROZEN');
    expect(frameText(after(frozen, { kind: 'world', world: worlds.healthy }))).toBe(before);
    expect(frameText(typed(after(frozen, { kind: 'world', world: worlds.healthy }), 'p'))).toContain('Problems (0)');
  });

  test('freezing the traffic, going on, and a filter ask for what a burst left out; elsewhere nothing is asked', () => {
    const backlog = [{ kind: 'backlog' }] as const;
    expect(effects(live(), '5', 'p')).toEqual(backlog);
    expect(effects(live(), '5', 'p', 'p')).toEqual(backlog);
    expect(effects(live(), '5', '/', 'x', 'enter')).toEqual(backlog);
    expect(effects(live(), '4', 'p')).toEqual([]);
    expect(effects(live(), '4', '/', 'x', 'enter')).toEqual([]);
  });

  test('what a burst left out comes to the frozen screen and to the one behind it', () => {
    const frames = [1, 2, 3].map((sequence) => ({ sequence, interface: 'eth0', time: `0${sequence}` }) as TrafficItem);
    const answer = (items: readonly TrafficItem[]) =>
      ({
        items,
        next: 'n',
        lost: [],
        skipped: [{ interface: 'eth0', frames: 2 }],
        kernelDrops: [],
      }) as unknown as TrafficAnswer;
    const frozen = typed(after(typed(live(), '5'), { kind: 'traffic', answer: answer(frames.slice(2)) }), 'p');
    const { world, ui } = after(frozen, { kind: 'backlog', items: frames });
    expect([world, ui.frozen?.world].map((one) => one?.traffic.rows.map(({ kind }) => kind))).toEqual([
      ['frame', 'frame', 'frame'],
      ['frame', 'frame', 'frame'],
    ]);
  });

  test('sorted by a column, addresses by number, and back as they come', () => {
    const shuffled = world({ leaders: manyVips(12).lists.leaders.toSorted((a, b) => a.ip.localeCompare(b.ip)) });
    const ips = (model: Model) => [...frameText(model).matchAll(/ (10\.1\.0\.\d+) /g)].map(([, ip]) => ip);
    const sorted = typed(live(shuffled), '4', 's');
    expect(ips(sorted)).toEqual(Array.from({ length: 12 }, (_, index) => `10.1.0.${index}`));
    expect(ips(typed(sorted, 'S'))).toEqual(Array.from({ length: 12 }, (_, index) => `10.1.0.${11 - index}`));
    expect(ips(typed(live(shuffled), '4', ':', ...'sort vip', 'enter'))).toEqual(ips(sorted));
  });

  test('times go from ages to UTC and local', () => {
    expect(frameText(typed(live(), '4'))).toContain('2d03h');
    expect(frameText(typed(live(), '4', 't', 't'))).toContain('11-21 00:07');
  });

  test('ages that grow while the rows stay the same are never cut', () => {
    const young = world({
      leaders: manyVips(3).lists.leaders.map((row) => ({ ...row, since: new Date(nowMs - 5000).toISOString() })),
    });
    const model = typed(live(young), '4');
    expect(frameText(model)).toContain(' 5s ');
    expect(frameText(model, nowMs + 754_000)).toContain(' 12m39s');
  });

  test('wide shows columns that are left out otherwise', () => {
    expect(frameText(typed(live(), '7'))).not.toContain('FIELDS');
    expect(frameText(typed(live(), '7', 'w'))).toContain('FIELDS');
  });

  test('commands: screens, pages, themes, and what is wrong with the rest', () => {
    const command = (text: string) => typed(live(), ':', ...text, 'enter');
    expect(command('pools blue').ui.place).toEqual({ screen: 'pools', page: { kind: 'pool', name: 'blue' } });
    expect(command('svc plex').ui.place.page).toEqual({ kind: 'service', name: 'media/plex' });
    expect(command('ip 192.168.10.211').ui.place.page).toEqual({ kind: 'ip', ip: '192.168.10.211' });
    expect(command('node edge-3').ui.place.page).toEqual({ kind: 'node', name: 'edge-3' });
    expect(command('mac 52:54:00:BE:EF:07').ui).toMatchObject({
      place: { screen: 'traffic', page: null },
      filters: { traffic: 'mac="52:54:00:be:ef:07"' },
    });
    expect(command('theme light').ui.theme).toBe('light');
    expect(command('glyphs ascii').ui.profile).toBe('ascii');
    for (const wrong of [
      'nothing',
      'theme pink',
      'ip x',
      'mac x',
      'node none',
      'svc none',
      'glyphs x',
      'sort x',
      'filter vpi:1',
    ]) {
      expect(command(wrong).ui.message?.style).toBe('warn');
    }
  });
});

describe('actions', () => {
  const rw = () => liveModel({ world: worlds.duplicate, writable: true });
  const item = { action: 'announce', query: { address: '192.168.10.211' }, command: 'lanlord announce 192.168.10.211' };

  test('without --rw there is none, and the header says so', () => {
    expect(typed(live(), '4', '!').ui.overlay).toBeNull();
    expect(frameText(typed(live(), '4', '!'))).toContain('Looking only.');
    expect(frameText(live())).toContain('read-only');
    expect(frameText(rw())).toContain('READ-WRITE');
  });

  test('an action is done when its object was typed to the letter, and not before', () => {
    const chosen = [...['4', '!', 'enter'], ...'192.168.10.211'];
    expect(effects(rw(), ...chosen, 'enter')).toEqual([{ kind: 'act', item: expect.objectContaining(item) }]);
    for (let count = 0; count < chosen.length; count++)
      expect(effects(rw(), ...chosen.slice(0, count), 'enter').filter(({ kind }) => kind === 'act')).toEqual([]);
    expect(typed(rw(), '4', '!', 'enter', ...'192.168.10.21', 'enter').ui.prompt?.fault).toBe('not 192.168.10.211');
    expect(typed(rw(), '4', '!', 'enter', 'enter').ui.message?.text).toBe('Nothing was done.');
  });

  test('any key that the menu does not know closes it without an action', () => {
    for (const key of ['y', 'q', 'esc', 'ctrl-d', ' ', '!']) {
      const model = typed(rw(), '4', '!', key);
      expect([model.ui.overlay, model.ui.actions, model.ui.prompt]).toEqual([null, null, null]);
      expect(effects(rw(), '4', '!', key)).toEqual([]);
    }
  });

  test('an address is moved by the box that leads it, to boxes that are ready; this box can be drained', () => {
    const commands = (model: Model) => (model.ui.actions?.items ?? []).map(({ command }) => command);
    const all = typed(rw(), '4', '!');
    expect(commands(all)).toEqual([
      'lanlord announce 192.168.10.211',
      'lanlord failover 192.168.10.211',
      'lanlord failover 192.168.10.211 --to edge-2',
      'lanlord drain node/edge-1',
    ]);
    expect(frameText(all)).toContain('lanlord failover 192.168.10.211 --to edge-2');
    // One that another box answers for can be fetched.
    expect(commands(typed(rw(), '4', 'j', 'j', '!'))).toEqual([
      'lanlord failover 192.168.10.213',
      'lanlord failover 192.168.10.213 --to edge-1',
      'lanlord drain node/edge-1',
    ]);
  });
});

describe('keeping', () => {
  test('c copies what is selected, twice the command that prints the view', () => {
    expect(effects(live(), '4', 'c')).toEqual([{ kind: 'copy', text: '192.168.10.211', what: '192.168.10.211' }]);
    const line = 'lanlord get leaders';
    expect(effects(live(), '4', 'c', 'c')).toEqual([{ kind: 'copy', text: line, what: line }]);
  });

  test('x saves the rows that are shown, as they came', () => {
    const [effect] = effects(live(), '4', '/', ...'api', 'enter', 'x');
    expect(effect).toMatchObject({ kind: 'save-rows', name: 'leaders', rows: [{ ip: '192.168.10.212', term: 2 }] });
  });
});

describe('the connection', () => {
  const loss = { cause: 'absent', message: 'No daemon here', log: [] } as const;
  const lost = { state: 'lost', loss, sinceMs: nowMs, heardMs: null, retryAtMs: nowMs + 500 } as const;

  test('without any state there is only the reason; r tries again', () => {
    const model = after({ ...liveModel(), world: worlds.none }, { kind: 'connection', connection: lost });
    expect(frameText(model)).toContain('NOT CONNECTED');
    expect(frameText(model)).toContain('No daemon here.');
    expect(frameText(typed(model, 'esc', '4'))).toContain('No daemon here.');
    expect(effects(model, 'r')).toEqual([{ kind: 'retry' }]);
  });

  test('with a state it is one esc away and said to be stale; a new loss says its reason anew', () => {
    const model = after(live(), { kind: 'connection', connection: lost });
    const dismissed = typed(model, 'esc');
    expect(frameText(dismissed)).toContain('STALE');
    expect(frameText(dismissed)).toContain('Not live');
    expect(frameText(dismissed)).toContain('192.168.10.211');
    const again = after(
      dismissed,
      { kind: 'connection', connection: { state: 'live' } },
      { kind: 'connection', connection: lost },
    );
    expect(frameText(again)).toContain('No daemon here.');
  });
});

test('no key but those of the table does anything on a bare screen', () => {
  const model = live();
  for (const key of ['A', 'b', 'z', '0', '8', ' ', 'ctrl-s', 'backspace', '日']) {
    expect(actionOf(key)).toBeUndefined();
    expect(update(model, { kind: 'key', key }, nowMs)).toEqual({ model, effects: [] });
  }
});

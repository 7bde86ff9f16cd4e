// Which settings run, and who says each of them.
import { expect, test } from 'bun:test';
import { configAnswer, type Setting, specOf } from '#control/config-answer.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import type { DaemonView } from '#ports.ts';
import { daemonView, snapshot } from '../../support/daemon-view.ts';

function settings(more: Partial<DaemonView>): ReadonlyMap<string, Setting> {
  const before = snapshot();
  const defaults = defaultNodeConfig('edge-1');
  const config = { ...defaults, limits: { addresses: 100 }, announce: { ...defaults.announce, refreshMs: 30_000 } };
  const view = daemonView({ snapshot: { ...before, observed: { ...before.observed, config } }, ...more });
  return new Map(configAnswer(view).settings.map((setting) => [setting.path, setting]));
}

const place = { file: '/etc/lanlord/node.yaml', line: 7, column: 14 };
const nowhere = { file: null, line: null, column: null };

test('a setting of a file has its place, also when it says the default', () => {
  const found = settings({
    settingPlaces: new Map([
      ['announce.refresh', place],
      ['delivery', { ...place, line: 9 }],
    ]),
  });
  expect(found.get('announce.refresh')).toMatchObject({ value: '30s', origin: 'configured', by: '', ...place });
  expect(found.get('delivery')).toMatchObject({ value: 'none', default: 'none', origin: 'configured', line: 9 });
  expect(found.get('journal.keep')).toMatchObject({ origin: 'default', by: '', ...nowhere });
});

test('what differs from the default without a place was said somewhere all the same', () => {
  expect(settings({}).get('limits.addresses')).toMatchObject({ value: 100, origin: 'configured', ...nowhere });
});

test('options and variables go before files: their value is shown with their name', () => {
  const given = [
    { path: 'control.socket', value: '/tmp/a.sock', by: 'LANLORD_SOCKET', origin: 'environment' as const },
    { path: 'election.mode', value: 'vrrp', by: '--election', origin: 'command line' as const },
  ];
  const found = settings({ given, settingPlaces: new Map([['control.socket', place]]) });
  expect(found.get('control.socket')).toMatchObject({
    value: '/tmp/a.sock',
    default: '/run/lanlord/lanlord.sock',
    origin: 'environment',
    by: 'LANLORD_SOCKET',
    ...nowhere,
  });
  expect(found.get('election.mode')).toMatchObject({ value: 'vrrp', origin: 'command line', by: '--election' });
});

test('options that no NodeConfig has stand beside the settings, not among them', () => {
  const given = [{ path: 'state', value: '/var/lib/lanlord', by: '', origin: 'default' as const }];
  const answer = configAnswer(daemonView({ given }));
  expect(answer.options).toEqual(given);
  expect(specOf(answer.settings)).not.toHaveProperty('state');
});

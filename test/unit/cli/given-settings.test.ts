// What the command line of `run` says, as settings.
import { expect, test } from 'bun:test';
import { givenSettings } from '#cli/given-settings.ts';
import { defaultStateDirectory, type RunOptions } from '#cli/run-options.ts';

const bare: RunOptions = {
  paths: ['/etc/lanlord'],
  source: 'file',
  node: null,
  socket: null,
  socketVariable: null,
  state: defaultStateDirectory,
  election: null,
  logFormat: 'text',
  strictConfig: false,
  ui: false,
};

const texts = (options: Partial<RunOptions>) =>
  givenSettings({ ...bare, ...options }).map(({ path, value, by, origin }) => `${path}=${value} ${by || origin}`);

test('without options there are the defaults of those that no NodeConfig has', () => {
  expect(texts({})).toEqual([
    'source=file default',
    'state=/var/lib/lanlord default',
    'logFormat=text default',
    'strictConfig=false default',
  ]);
});

test('each option is a setting with its name', () => {
  expect(texts({ node: 'edge-1', election: 'vrrp', state: '/s', logFormat: 'json', strictConfig: true })).toEqual([
    'node.name=edge-1 --node',
    'election.mode=vrrp --election',
    'source=file default',
    'state=/s --state',
    'logFormat=json --log-format',
    'strictConfig=true --strict-config',
  ]);
});

test('a socket brings the admin socket beside it, and the variable that says it is named', () => {
  expect(texts({ socket: '/s/a.sock' }).slice(0, 2)).toEqual([
    'control.socket=/s/a.sock --socket',
    expect.stringMatching(/^control\.adminSocket=\/s\/.+ --socket$/),
  ]);
  const [first] = givenSettings({ ...bare, socket: '/s/a.sock', socketVariable: 'LANLORD_SOCKET' });
  expect(first).toMatchObject({ by: 'LANLORD_SOCKET', origin: 'environment' });
});

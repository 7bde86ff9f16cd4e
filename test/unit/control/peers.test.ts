// Other boxes as commands show them: nodes, peers in status, and whose MAC answers.
import { expect, test } from 'bun:test';
import { statusAnswer } from '#control/answers.ts';
import { columns } from '#control/columns.ts';
import { leaders } from '#control/leadership.ts';
import { nodeItems } from '#control/view-links.ts';
import { whoHasAnswer } from '#control/who-has-answer.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Peer } from '#model/peers.ts';
import { daemonView, snapshot } from '../../support/daemon-view.ts';
import { address } from '../../support/objects.ts';

function peer(node: string, mac: string, more: Partial<Peer> = {}): Peer {
  return {
    node,
    instance: node,
    state: 'ready',
    version: '1.2.3',
    generation: 16,
    configHash: '',
    labels: {},
    vips: 4,
    address: '192.168.10.3',
    heardMs: 9500,
    clockAheadMs: null,
    macs: [mac],
    links: [],
    choices: [],
    ...more,
  };
}

const view = daemonView({
  monotonicMs: 10_000,
  peers: [
    peer('edge-2', '02:00:00:00:00:02', { clockAheadMs: -30_260 }),
    peer('edge-3', '02:00:00:00:00:03', { state: 'lost', heardMs: 1000 }),
  ],
});

test('nodes: this one and all that were heard, with when and what they run', () => {
  const [self, second, third] = [...nodeItems(view)];
  expect(self).toMatchObject({ name: 'edge-1', self: true });
  expect(second).toEqual({
    name: 'edge-2',
    self: false,
    state: 'ready',
    address: '192.168.10.3',
    lastSeenSeconds: 0.5,
    clockOffsetSeconds: -30.3,
    version: '1.2.3',
    generation: 16,
    vips: 4,
  });
  expect(third).toMatchObject({ name: 'edge-3', state: 'lost', lastSeenSeconds: 9, clockOffsetSeconds: null });
  const { nodes } = columns;
  const clock = nodes.find(({ header }) => header === 'CLOCK');
  expect([self, second, third].map((item) => item && clock?.value(item, 0))).toEqual(['-', '-30.3s', '-']);
});

test('status counts the boxes that are heard of those that were', () => {
  expect(statusAnswer(view, '').peers).toEqual({
    known: 2,
    heard: 1,
    names: ['edge-2'],
    absent: [{ node: 'edge-3', state: 'lost' }],
  });
  expect(statusAnswer(daemonView(), '').peers).toEqual({ known: 0, heard: 0, names: [], absent: [] });
});

test('who-has: the MAC of another box is a peer, by name; of nobody we know, a stranger', () => {
  const answer = (mac: string) => ({ interface: 'eth0', mac, rttSeconds: 0.001, count: 1 });
  const asked = [answer('02:00:00:00:00:02'), answer('02:00:00:00:00:99')];
  const { responders } = whoHasAnswer(view, address('192.168.10.250'), asked);
  expect(responders.map(({ node, kind }) => [node, kind])).toEqual([
    ['edge-2', 'peer'],
    [null, 'stranger'],
  ]);
});

test('who-has names who leads, which is not who answers', () => {
  const answer = whoHasAnswer(daemonView(), address('192.168.10.208'));
  expect(answer.leader).toBe('edge-1');
  expect(whoHasAnswer(daemonView(), address('192.168.10.99')).leader).toBeNull();
});

test('who-has on a box that stands by names the box that leads: nobody has to ask the wire for it', () => {
  const link = {
    interface: 'eth0',
    remote: 'eth9',
    mac: '02:00:00:00:00:02',
    addresses: [],
    led: new Set([137]),
    eligible: new Set([137]),
    hearsUs: true,
    heardMs: 9500,
  };
  const base = snapshot();
  const row = { services: ['default/web'], policies: ['lan'], group: 137, leads: false, refusal: null };
  const standing = {
    observed: { ...base.observed, config: { ...base.observed.config, election: vrrp(base.observed.config) } },
    desired: {
      ...base.desired,
      announcements: [],
      candidacies: [{ ...row, address: address('192.168.10.208'), interface: 'eth0' }],
    },
  };
  const withPeer = (state: Peer['state']) =>
    daemonView({
      snapshot: { ...base, ...standing },
      leading: new Map(),
      peers: [peer('edge-2', '02:00:00:00:00:02', { links: [link], state })],
    });
  const asked = (state: Peer['state'], wire: Parameters<typeof whoHasAnswer>[2] = null) =>
    whoHasAnswer(withPeer(state), address('192.168.10.208'), wire).responders;
  expect(asked('ready')).toMatchObject([
    { node: 'edge-2', kind: 'peer', mac: '02:00:00:00:00:02', interface: 'eth0', source: 'table' },
  ]);
  expect([...leaders(withPeer('ready'))][0]).toMatchObject({ leader: 'edge-2', mac: '02:00:00:00:00:02' });
  expect(asked('lost')).toEqual([]);
  // Once the wire was asked, what it says counts.
  expect(asked('ready', [])).toEqual([]);
});

function vrrp(config: NodeConfig): NodeConfig['election'] {
  return { ...config.election, mode: 'vrrp' };
}

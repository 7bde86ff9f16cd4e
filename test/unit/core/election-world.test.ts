// The priorities that boxes bring along, while others of them come and go.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { standings } from '#core/election-world.ts';
import { eligibleGroups, groupStands } from '#core/group-ranks.ts';
import type { Peer, PeerState } from '#model/peers.ts';
import { policy, pool, service } from '../../support/objects.ts';
import { boxes, type SimpleBox } from '../../support/vrrp-world.ts';

const seed = 20_261_123;
const inputs = {
  pools: [pool('blue', '10.0.0.0/22')],
  policies: [policy('lan')],
  services: Array.from({ length: 60 }, (_, i) => service(`s/${i}`, { createdMs: i })),
};

/** A box as the others see it: it could lead before whatever has become of it. */
function peerOf({ name, desired }: SimpleBox, state: PeerState): Peer {
  const eligible = eligibleGroups(groupStands(desired), 'eth1');
  const link = { interface: 'eth1', remote: 'eth1', mac: '', addresses: [], led: new Set<number>(), heardMs: 0 };
  const isAble = state === 'ready' || state === 'stale-config';
  const isHeard = state !== 'lost' && state !== 'stopped';
  return {
    ...{ node: name, instance: name, state, version: '', generation: 1, configHash: '', labels: {}, vips: 0 },
    ...{ address: null, heardMs: 0, clockAheadMs: null, macs: [] },
    links: isHeard ? [{ ...link, eligible: isAble ? eligible : new Set<number>(), hearsUs: true }] : [],
    choices: [{ interface: 'eth1', eligible }],
  };
}

/** By group, what each of these boxes brings along, given what became of each. */
function priorities(all: readonly SimpleBox[], of: readonly SimpleBox[], states: Readonly<Record<string, PeerState>>) {
  return of.map((box) => {
    const peers = all.filter((one) => one !== box).map((one) => peerOf(one, states[one.name] ?? 'ready'));
    const { priorityOf } = standings(box.desired, box.name, peers, 'auto');
    return box.desired.groups.map(({ group }) => priorityOf('eth1', group));
  });
}

describe('standings()', () => {
  test('boxes that are lost, stop or are drained change nothing between the others, so that nothing moves there', () => {
    const away = fc.constantFrom<PeerState>('lost', 'stopped', 'draining', 'joining');
    const check = (count: number, gone: number, state: PeerState) => {
      const all = boxes(count, inputs);
      const states = Object.fromEntries(all.slice(0, Math.min(gone, count - 1)).map(({ name }) => [name, state]));
      const others = all.filter(({ name }) => states[name] === undefined);
      expect(priorities(all, others, states)).toEqual(priorities(all, others, {}));
    };
    fc.assert(fc.property(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 3 }), away, check), {
      seed,
      numRuns: 25,
    });
  });

  test('of any number of boxes exactly one brings along the most for a group, also when some are away', () => {
    const all = boxes(4, inputs);
    const [first, , ...others] = all;
    if (!first) throw new Error('no box');
    for (const [some, states] of [
      [all, {}],
      [[first, ...others], { 'edge-2': 'lost' }],
    ] as const) {
      const found = priorities(all, some, states);
      for (const place of first.desired.groups.keys()) {
        const ofGroup = found.map((own) => own[place] ?? 0);
        expect(new Set(ofGroup).size).toBe(some.length);
      }
    }
  });
});

import { expect, test } from 'bun:test';
import { electionSettings } from '#core/election-settings.ts';
import { leadRule } from '#core/may-lead.ts';
import type { Interface } from '#model/resources.ts';
import { lan, vrrpConfig } from '../../support/vrrp-world.ts';

const group = 128;

function settingsOn(link: Interface) {
  return electionSettings({
    link,
    groups: [group + 2, group],
    vrrp: vrrpConfig().election.vrrp,
    priorityOf: (id) => id - 100,
    isPinned: () => false,
    orderOf: () => null,
    boxes: ['10.0.255.3', '10.0.255.2', '10.0.255.3'],
  });
}

test('advertisements leave from the primary address and from the link-local one', () => {
  const settings = settingsOn(lan('eth1', 1));
  expect([settings.sourceIPv4, settings.sourceIPv6]).toEqual(['10.0.255.1', 'fe80::1']);
  expect(settings.groups.map(({ group: id, priority }) => [id, priority])).toEqual([
    [128, 28],
    [130, 30],
  ]);
  expect(settings.boxes).toEqual(['10.0.255.2', '10.0.255.3']);
});

test('whoever may lead has an address to send from, and the other way round', () => {
  const tentative = (link: Interface) => link.addresses.map((address) => ({ ...address, tentative: true }));
  for (const link of [lan('eth1', 1), lan('eth1', 1, { addresses: tentative(lan('eth1', 1)) })]) {
    const { sourceIPv4, sourceIPv6 } = settingsOn(link);
    const rule = leadRule({ config: vrrpConfig(), interfaces: [link], drained: false });
    expect([sourceIPv4 === null, sourceIPv6 === null]).toEqual([
      rule(link, 'IPv4') !== null,
      rule(link, 'IPv6') !== null,
    ]);
  }
});

test('without carrier nothing is sent, and nobody leaves with a second of goodbye: who returns has to listen', () => {
  for (const gone of [{ carrier: false }, { up: false }]) {
    const settings = settingsOn(lan('eth1', 1, gone));
    expect([settings.sourceIPv4, settings.sourceIPv6]).toEqual([null, null]);
  }
});

// Addresses of a family that is off on the interface that is to announce them: nobody answers, and every view says why.
import { expect, test } from 'bun:test';
import { statusAnswer } from '#control/answers.ts';
import { leaders } from '#control/leadership.ts';
import { announcementItems } from '#control/view-links.ts';
import { whoHasAnswer } from '#control/who-has-answer.ts';
import type { CaptureReport } from '#ports.ts';
import { daemonView, snapshot } from '../../support/daemon-view.ts';
import { address, networkInterface } from '../../support/objects.ts';

const ipv4 = { family: 'IPv4', address: '192.168.10.2', prefixLength: 24 } as const;
const linkLocal = { family: 'IPv6', address: 'fe80::2', prefixLength: 64 } as const;
const vip6 = '2001:db8::10';

/** default/web has an address of either family on eth0, whose rows the worker has taken over. */
function view(hasIpv6: boolean) {
  const base = snapshot();
  const [row] = base.desired.announcements;
  if (!row) throw new Error('no row');
  const [report] = daemonView().captures;
  if (!report) throw new Error('no capture');
  const [known] = report.rows;
  if (!known) throw new Error('no row of the capture');
  const captures: readonly CaptureReport[] = [{ ...report, rows: [known, { ...known, ip: vip6, isClaiming: false }] }];
  const addresses = hasIpv6 ? [ipv4, linkLocal] : [ipv4];
  return daemonView({
    captures,
    snapshot: {
      ...base,
      observed: { ...base.observed, interfaces: [networkInterface('eth0', { addresses })] },
      desired: { ...base.desired, announcements: [row, { ...row, address: address(vip6) }] },
    },
  });
}
const of = (hasIpv6: boolean) => [...leaders(view(hasIpv6))].find(({ ip }) => ip === vip6);

test('an IPv6 address on an interface without IPv6 is led by nobody, with the reason that is told as a problem', () => {
  expect(of(true)).toMatchObject({ state: 'here', leader: 'edge-1', message: '' });
  expect(of(false)).toMatchObject({ state: 'nobody', leader: null });
  expect(of(false)?.message).toContain('"eth0" has no IPv6 address');
  const ipv4Row = [...leaders(view(false))].find(({ ip }) => ip === '192.168.10.208');
  expect(ipv4Row).toMatchObject({ state: 'here' });
});

test('it is counted as answered by nobody, is no announcement, and who-has finds nobody', () => {
  for (const [hasIpv6, count] of [
    [true, 1],
    [false, 0],
  ] as const) {
    const here = view(hasIpv6);
    expect([...announcementItems(here)].filter(({ ip }) => ip === vip6)).toHaveLength(count);
    expect(whoHasAnswer(here, address(vip6)).responders).toHaveLength(count);
    expect(statusAnswer(here, '').vips.here).toBe(1 + count);
  }
  const [with6, without] = [statusAnswer(view(true), '').vips, statusAnswer(view(false), '').vips];
  expect(without).toEqual({ ...with6, here: with6.here - 1, nobody: with6.nobody + 1 });
});

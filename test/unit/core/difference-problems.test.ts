import { describe, expect, test } from 'bun:test';
import { differenceProblems, differenceText } from '#core/difference-problems.ts';
import { differenceKinds, type RouterDifference } from '#model/router-difference.ts';

const of = (what: RouterDifference['what'], more: Partial<RouterDifference> = {}): RouterDifference => {
  return { what, sender: '192.0.2.9', groups: [51], heard: '1000', own: '100', ...more };
};
const never = () => false;

describe('what another router does differently', () => {
  test.each(differenceKinds.map((what) => [what] as const))(
    '%s: names router, interface and id, and what to change',
    (what) => {
      const { message, hint } = differenceText('eth0', of(what));
      expect(message).toStartWith('192.0.2.9 on eth0, virtual router id 51: ');
      expect(hint).not.toBe('');
    },
  );
  test('the hints are what has to be typed', () => {
    const hint = (one: RouterDifference) => differenceText('eth0', one).hint;
    expect(hint(of('interval'))).toBe('advert_int 0.1 there, or election.vrrp.advertisementInterval: 1000ms here');
    expect(hint(of('addresses', { heard: '192.0.2.5', own: '192.0.0.8' }))).toContain(
      'exactly 192.0.2.5; or 192.0.0.8',
    );
    expect(hint(of('version'))).toContain('vrrp_version 3');
    expect(hint(of('other_id', { groups: [52] }))).toContain('lanlord.dev/group: "52"');
  });
  test('many ids are counted, and each kind of each router is a problem of its own', () => {
    const groups = [128, 129, 130, 131, 132, 256 + 133];
    const all = new Map([
      ['eth0', [of('interval', { groups }), of('priority'), of('interval', { sender: 'fe80::9' })]],
    ]);
    expect(differenceProblems(all, never).map(({ code, severity, object }) => `${code} ${severity} ${object}`)).toEqual(
      [
        'VRRP warning router/192.0.2.9/interval',
        'VRRP info router/192.0.2.9/priority',
        'VRRP warning router/fe80::9/interval',
      ],
    );
    expect(differenceProblems(all, never)[0]?.message).toContain('virtual router ids 128, 129, 130, 131 and 2 more');
  });
  test('a foreign router that keeps the group from us is told as that, and not twice', () => {
    const all = new Map([['eth0', [of('foreign')]]]);
    expect(differenceProblems(all, () => true)).toEqual([]);
    expect(differenceProblems(all, never)).toHaveLength(1);
  });
});

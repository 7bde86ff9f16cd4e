// What somebody asks at three in the morning about two boxes: who leads and why, when that changed, and how long nobody
// answered. One box is killed; the answers come from the JSON of one command and from the terminal of the box that is left.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { ExplainAnswer, Items, WhoHasAnswer } from '#control/protocol.ts';
import { type Box, binary, patience, whySkipped } from '../support/box.ts';
import { SharedLan } from '../support/shared-lan.ts';
import { TmuxScreen } from '../support/tmux-screen.ts';

const skipped = whySkipped('nft', 'bridge', 'tmux');
if (skipped !== '') console.log(`questions about two boxes${skipped}`);

const vip = '192.168.11.1';

describe.skipIf(skipped !== '')(`questions about two boxes${skipped}`, () => {
  let lan: SharedLan;
  let leader: Box;
  let other: Box;
  let screen: TmuxScreen | null = null;

  beforeAll(async () => {
    lan = new SharedLan('qb', 2);
    [leader, other] = await lan.pair();
  });
  afterEach(() => screen?.close());
  afterAll(async () => {
    await lan?.end();
    lan?.close();
  });

  async function ask<T>(box: Box, ...args: readonly string[]): Promise<{ readonly code: number; readonly answer: T }> {
    const { code, stdout, stderr } = await box.lanlord(...args, '-o', 'json');
    if (stdout === '') throw new Error(`${args.join(' ')}: ${stderr}`);
    return { code, answer: JSON.parse(stdout) };
  }
  async function look(box: Box, ...keys: readonly string[]): Promise<TmuxScreen> {
    screen = new TmuxScreen('ll-qb', 140, 40);
    screen.type(`${binary} ui --socket ${box.socket}`);
    await screen.shows('LIVE');
    screen.keys(...keys);
    return screen;
  }

  test('1: the box that does not lead knows who does, with its MAC', async () => {
    const { code, answer } = await ask<WhoHasAnswer>(other, 'who-has', vip);
    expect(code).toBe(0);
    expect(answer.responders).toMatchObject([
      { node: leader.host.name, mac: leader.mac, kind: 'peer', source: 'table' },
    ]);
    const probed = await ask<WhoHasAnswer>(other, 'who-has', vip, '--probe');
    expect(probed.code).toBe(0);
    expect(probed.answer.responders).toMatchObject([{ node: leader.host.name, kind: 'peer', source: 'wire' }]);
    const shown = await look(other, '4', 'Enter');
    await shown.shows(new RegExp(`${leader.host.name} {2}${leader.mac}`));
  });

  test('6: why is this node not the leader, who is, and why them?', async () => {
    const { answer } = await ask<ExplainAnswer>(other, 'explain', `leader/${vip}`);
    const said = answer.steps.map(({ message }) => message).join('\n');
    expect(said).toMatch(new RegExp(`First choice on eth0: ${leader.host.name}, then ${other.host.name}`));
    expect(said).toMatch(new RegExp(`^${leader.host.name} .*leads group`, 'm'));
    expect((await ask<{ items: Items['leaders'][] }>(other, 'get', 'leaders')).answer.items).toMatchObject([
      { ip: vip, leader: leader.host.name, state: 'standby', mac: leader.mac },
    ]);
    const shown = await look(other, '4', 'e');
    await shown.shows(new RegExp(`Explain leader/${vip}[\\s\\S]*First choice on eth0: ${leader.host.name}`));
  });

  test('21: are my peers alive, of the same version and configuration, and is my clock off?', async () => {
    const nodes = async () => (await ask<{ items: Items['nodes'][] }>(other, 'get', 'nodes')).answer.items;
    const clockOf = async () => (await nodes()).find(({ self }) => !self)?.clockOffsetSeconds ?? null;
    expect(await other.within(patience, async () => (await clockOf()) !== null)).toBe(true);
    const [self, peer] = (await nodes()).toSorted((a, b) => Number(b.self) - Number(a.self));
    expect(peer).toMatchObject({ name: leader.host.name, state: 'ready', version: self?.version ?? '' });
    // One machine has one clock; a busy one is late, which counts as behind.
    expect(Math.abs(peer?.clockOffsetSeconds ?? Number.NaN)).toBeLessThan(5);
    const shown = await look(other, '4', 'Tab');
    await shown.shows(new RegExp(`${leader.host.name} +• ready`));
    // This node stands first.
    shown.keys('j', 'Enter');
    await shown.shows(/clock +[+-]\d\.\ds/);
  });

  test('7, 8: when was the last failover, why, how long did nobody answer, and how was that time spent?', async () => {
    await leader.crash();
    expect(await lan.areLed([vip], [other])).toBe(true);
    const changes = async () =>
      (await ask<{ items: Items['history'][] }>(other, 'history', vip, '--since', '1h')).answer.items;
    // A story is told once its first answer has left, or some seconds later.
    expect(await other.within(patience, async () => (await changes()).some(({ cause }) => cause === 'silence'))).toBe(
      true,
    );
    const failover = (await changes()).find(({ cause }) => cause === 'silence');
    expect(failover).toMatchObject({ ip: vip, from: leader.host.name, to: other.host.name });
    expect(Math.abs(Date.parse(failover?.at ?? '') - Date.now())).toBeLessThan(60_000);
    const { gapSeconds = null, detectSeconds = null, claimSeconds = null } = failover ?? {};
    if (gapSeconds === null || detectSeconds === null || claimSeconds === null) throw new Error('not measured');
    // Three intervals and more have to pass; the gap is that, and the time to the first frame.
    expect(detectSeconds).toBeGreaterThan(0.25);
    expect(gapSeconds).toBeGreaterThanOrEqual(detectSeconds);
    expect(gapSeconds).toBeLessThanOrEqual(detectSeconds + claimSeconds + 0.001);
    const { stdout } = await other.lanlord('history', vip, '-o', 'wide');
    expect(stdout).toMatch(/GAP +DETECT +CLAIM +ANSWER/);
    const shown = await look(other);
    await shown.shows(
      new RegExp(`Failovers[\\s\\S]*${vip}[\\s\\S]*${leader.host.name} → ${other.host.name}[\\s\\S]*detect \\d`),
    );
    shown.keys('4', 'Enter');
    await shown.shows(
      new RegExp(
        `HISTORY[\\s\\S]*${leader.host.name} → ${other.host.name} {2}silence {2}\\d+\\.\\d+s[^\\n]*detect \\d`,
      ),
    );
  });

  test('the box that is gone is told in status, in one line and in the header alike', async () => {
    expect(
      await other.within(patience, async () => (await other.lanlord('status', '--brief')).stdout.includes('peers=1/2')),
    ).toBe(true);
    const { stdout } = await other.lanlord('status');
    expect(stdout).toContain(`peers     1/2: this box  ${leader.host.name} LOST`);
    const shown = await look(other);
    await shown.shows('peers 1/2');
  });
});

// Prometheus text of the compiled binary, on its address and on the socket, while the LAN asks, boxes die and files are wrong.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { failoverDuration, metricTable } from '#control/metric-table.ts';
import { type Box, whySkipped } from '../support/box.ts';
import { type Family, readExposition } from '../support/exposition.ts';
import { service } from '../support/manifests.ts';
import { SharedLan } from '../support/shared-lan.ts';

const skipped = whySkipped('nft', 'bridge', 'curl');
if (skipped !== '') console.log(`metrics${skipped}`);

setDefaultTimeout(120_000);

const listen = '127.0.0.1:9417';
const vips = SharedLan.vips(8);
const [first = ''] = vips;

type Families = ReadonlyMap<string, Family>;

describe.skipIf(skipped !== '')(`metrics${skipped}`, () => {
  let lan: SharedLan;
  let a: Box;
  let b: Box;

  beforeAll(async () => {
    lan = new SharedLan('met', 2);
    const [one, other] = lan.declare({ services: vips.length, room: 20, more: `metrics: {listen: "${listen}"}` });
    if (!one || !other) throw new Error('no boxes');
    [a, b] = [one, other];
    await Promise.all([a.start(), b.start()]);
    await lan.areLed(vips, [a, b], 30_000);
    await lan.settled(vips);
  });
  afterAll(async () => {
    await lan?.end();
    lan?.close();
  });

  /** Sound text, of the address or of the socket. */
  async function scrape(box: Box, place: 'address' | 'socket' = 'address'): Promise<Families> {
    const where =
      place === 'address' ? [`http://${listen}/metrics`] : ['--unix-socket', box.socket, 'http://x/metrics'];
    const { code, stdout } = await lan.lab.exec(box.host, ['curl', '-sS', '-w', '%{content_type}', ...where]);
    expect(code).toBe(0);
    const type = 'text/plain; version=0.0.4; charset=utf-8';
    expect(stdout.slice(-type.length)).toBe(type);
    return readExposition(stdout.slice(0, -type.length));
  }

  /** Of the series whose labels contain this text, the sum; 0: there is none. */
  function value(families: Families, name: string, labels = ''): number {
    const family = families.get(name.replace(/_(bucket|sum|count)$/, '')) ?? families.get(name);
    let sum = 0;
    for (const [key, one] of family?.series ?? []) if (key.startsWith(`${name}{`) && key.includes(labels)) sum += one;
    return sum;
  }

  /** Waits until a series of this box has grown by so much. */
  async function grown(box: Box, before: Families, name: string, labels = '', by = 1): Promise<void> {
    const was = value(before, name, labels);
    let is = was;
    const isGrown = await box.within(30_000, async () => {
      is = value(await scrape(box), name, labels);
      return is >= was + by;
    });
    expect([name, labels, was, is, isGrown]).toEqual([name, labels, was, is, true]);
  }

  test('the same sound text on the address and on the socket, with every family', async () => {
    for (const box of [a, b]) {
      const [onAddress, onSocket] = [await scrape(box, 'address'), await scrape(box, 'socket')];
      expect([...onAddress.keys()]).toEqual([...onSocket.keys()]);
      expect([...onAddress.keys()].sort()).toEqual([...Object.keys(metricTable), failoverDuration.name].sort());
      expect([...(onAddress.get('lanlord_build_info')?.series.keys() ?? [])]).toEqual([
        expect.stringMatching(/^lanlord_build_info\{revision="[^"]+",version="\d+\.\d+\.\d+[^"]*"\}$/),
      ]);
      expect(value(onAddress, 'lanlord_config_generation')).toBe(1);
      expect(value(onAddress, 'lanlord_config_last_reload_successful')).toBe(1);
      expect(value(onAddress, 'lanlord_pool_used_addresses', 'pool="p4"')).toBe(vips.length);
      expect(value(onAddress, 'lanlord_pool_addresses', 'pool="p4"')).toBe(20);
      expect(value(onAddress, 'lanlord_vips', 'state="here"') + value(onAddress, 'lanlord_vips', 'state="peers"')).toBe(
        8,
      );
      expect(value(onAddress, 'lanlord_interface_capture_open')).toBe(1);
      expect(value(onAddress, 'lanlord_interface_announcements_total')).toBeGreaterThan(0);
      expect(value(onAddress, 'lanlord_vrrp_advertisements_total', 'outcome="accepted"')).toBeGreaterThan(0);
    }
    for (const [path, status] of [
      ['/', '404'],
      ['/v1/status', '404'],
    ]) {
      const asked = ['curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', `http://${listen}${path}`];
      expect([path, (await lan.lab.exec(a.host, asked)).stdout]).toEqual([path, status]);
    }
    const posted = ['curl', '-sS', '-X', 'POST', '-w', '%{http_code} %header{allow}', `http://${listen}/metrics`];
    expect((await lan.lab.exec(a.host, posted)).stdout).toBe('only GET\n405 GET, HEAD');
  });

  test('requests, answers and drops by reason move with what is asked', async () => {
    const { leader } = await lan.leaderOf(first);
    const before = await scrape(leader);
    const { client } = lan;
    for (let i = 0; i < 10; i++) client.send(client.request(first), client.request('192.168.99.9'));
    await grown(leader, before, 'lanlord_interface_requests_total', '', 20);
    await grown(leader, before, 'lanlord_interface_answers_total', '', 10);
    await grown(leader, before, 'lanlord_interface_drops_total', 'reason="not_ours"', 10);
  });

  test('a stranger who claims an address: conflicts, duplicates and the problem by its code', async () => {
    const { leader } = await lan.leaderOf(first);
    const before = await scrape(leader);
    const { client } = lan;
    // As who begins to use it announces it.
    client.send(client.request(first, { sender: first }));
    await grown(leader, before, 'lanlord_conflicts_total');
    await grown(leader, before, 'lanlord_duplicates');
    await grown(leader, before, 'lanlord_problem', 'code="DUP"');
    await grown(leader, before, 'lanlord_problems', 'severity="critical"');
  });

  test('a refused and an applied configuration; what a pool has given', async () => {
    const before = await scrape(a);
    a.write('more.yaml', service('more').replace('kind: Service', 'kind: Service\nkind: Service'));
    expect((await a.lanlord('reload')).code).toBe(1);
    const refused = await scrape(a);
    expect(value(refused, 'lanlord_config_last_reload_successful')).toBe(0);
    expect(value(refused, 'lanlord_config_generation')).toBe(1);
    await grown(a, before, 'lanlord_config_reloads_total', 'result="refused"');
    for (const box of [a, b]) box.write('more.yaml', service('zmore'));
    await Promise.all([a.reload(), b.reload()]);
    const applied = await scrape(a);
    expect(value(applied, 'lanlord_config_last_reload_successful')).toBe(1);
    expect(value(applied, 'lanlord_config_generation')).toBe(2);
    await grown(a, before, 'lanlord_config_reloads_total', 'result="applied"');
    await grown(a, before, 'lanlord_config_last_applied_timestamp_seconds', '', 0.001);
    await grown(a, before, 'lanlord_pool_used_addresses', 'pool="p4"');
    expect(value(applied, 'lanlord_pool_available_addresses')).toBe(20 - vips.length - 1);
  });

  test('a planned move, then a box that dies: changes, failovers by cause, and how long they took', async () => {
    await lan.settled(vips);
    const { leader, others } = await lan.leaderOf(first);
    const [other] = others;
    if (!other) throw new Error('no other box');
    const [beforeHere, beforeThere] = [await scrape(leader), await scrape(other)];
    expect((await leader.lanlord('failover', first)).code).toBe(0);
    await grown(leader, beforeHere, 'lanlord_leadership_changes_total', 'direction="lost"');
    await grown(other, beforeThere, 'lanlord_leadership_changes_total', 'direction="acquired"');
    await grown(other, beforeThere, 'lanlord_failovers_total');
    const planned = await scrape(other);
    const kept = value(planned, 'lanlord_vips', 'state="peers"');
    const asking = lan.ask(vips, 20);
    await Bun.sleep(500);
    await leader.crash();
    expect(
      await other.within(30_000, async () => value(await scrape(other), 'lanlord_vips', 'state="peers"') === 0),
    ).toBe(true);
    await Bun.sleep(1000);
    await asking.stop();
    if (kept > 0) await grown(other, planned, 'lanlord_failovers_total', '', kept);
    const name = `${failoverDuration.name}_count`;
    await grown(other, beforeThere, name, 'stage="gap"');
    await grown(other, beforeThere, name, 'stage="detect"');
    const after = await scrape(other);
    const mean = value(after, `${failoverDuration.name}_sum`, 'stage="gap"') / value(after, name, 'stage="gap"');
    expect(mean).toBeGreaterThan(0);
    expect(mean).toBeLessThan(60);
    expect(value(after, 'lanlord_vips', 'state="here"')).toBe(vips.length + 1);
  });
});

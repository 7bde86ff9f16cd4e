import { expect, test } from 'bun:test';
import { explainAnswer } from '#control/explain-answer.ts';
import { countVips, leaders } from '#control/leadership.ts';
import { capture, daemonView, snapshot } from '../../support/daemon-view.ts';
import { address } from '../../support/objects.ts';

function steps(text: string, view = daemonView()) {
  const answer = explainAnswer(view, text);
  if (!answer.ok) throw new Error(answer.message);
  return answer.value.steps;
}

test('explain tells the steps of the decision and whether the capture holds the row', () => {
  const found = steps('svc/default/web');
  expect(found.map(({ name }) => name)).toContain('capture eth0');
  for (const step of found) expect(step.code).toMatch(/^LL-[A-Z0-9]+-\d{3}$/);
});

test('a closed capture is a failing step, first, although the plan wants the row', () => {
  const closed = daemonView({ captures: [capture({ capture: 'denied', detail: 'Operation not permitted' })] });
  const answer = explainAnswer(closed, 'ip/192.168.10.208');
  if (!answer.ok) throw new Error(answer.message);
  const failing = answer.value.steps.filter(({ result }) => result === 'fail');
  expect(answer.value.ok).toBe(false);
  expect(failing.find(({ code }) => code === 'LL-CAP-003')?.message).toBe('Capture is denied: Operation not permitted');
  expect(answer.value.steps.slice(0, failing.length)).toEqual(failing);
});

test('a row that is not in the table yet is a failing step', () => {
  const found = steps('ip/192.168.10.208', daemonView({ captures: [capture({ rows: [] })] }));
  expect(found.find(({ name }) => name === 'capture eth0')).toMatchObject({ result: 'fail', code: 'LL-CAP-001' });
});

test('a row that has no room in the table is a failing step that says so, and nobody leads it', () => {
  const full = daemonView({ captures: [capture({ rows: [], unfit: new Set(['192.168.10.208']) })] });
  const step = steps('ip/192.168.10.208', full).find(({ name }) => name === 'capture eth0');
  expect(step).toMatchObject({ result: 'fail', code: 'LL-CAP-005' });
  expect(step?.fix).toEqual(['Raise limits.addresses of the NodeConfig']);
  const [leader] = leaders(full);
  expect(leader).toMatchObject({ ip: '192.168.10.208', state: 'nobody', leader: null });
  expect(leader?.message).toBe('The table of eth0 is full (limits.addresses)');
  expect(countVips(full)).toMatchObject({ here: 0, claiming: 0, nobody: 2 });
});

test('another host that claims the address, too, is a failing step of its address and its services', () => {
  const claim = { address: address('192.168.10.208'), interface: 'eth0', mac: '00:00:5e:00:01:33', count: 3 };
  const claims = { duplicates: [{ ...claim, firstMs: 1, lastMs: 2 }], quarantine: [] };
  for (const object of ['ip/192.168.10.208', 'svc/default/web']) {
    const step = steps(object, daemonView({ claims })).find(({ code }) => code === 'LL-CAP-007');
    expect(step).toMatchObject({
      name: 'claims eth0',
      result: 'fail',
      message: '192.168.10.208: Also claimed by 00:00:5e:00:01:33 (VRRP router id 51)',
    });
  }
});

test('a row that is being probed for is neither passed nor failed', () => {
  const rows = [{ ip: '192.168.10.208', answers: 0, sinceMs: 1, generation: 1, isClaiming: true }];
  const found = steps('ip/192.168.10.208', daemonView({ captures: [capture({ rows })] }));
  const step = found.find(({ name }) => name === 'capture eth0');
  expect(step).toMatchObject({ result: 'skipped', code: 'LL-CAP-006' });
});

test('a service with thousands of addresses is told in some dozens of steps, what fails first', () => {
  const base = snapshot();
  const ips = Array.from({ length: 3000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const addresses = ips.map((ip) => address(ip));
  const services = base.desired.services.map((one) => (one.key === 'default/web' ? { ...one, addresses } : one));
  const row = { interface: 'eth0', services: ['default/web'], policies: ['lan'], group: 0 };
  const announcements = addresses.slice(0, -1).map((one) => ({ ...row, address: one }));
  const lost = { address: address('10.0.11.183'), services: ['default/web'] };
  const off = { code: 'off_link', address: '10.0.11.183', interface: 'eth0' } as const;
  const desired = { ...base.desired, services, announcements, unannounced: [{ ...lost, reasons: [off], group: 0 }] };
  const rows = ips.slice(0, -1).map((ip) => ({ ip, answers: 0, sinceMs: 1, generation: 1 }));
  const view = daemonView({
    snapshot: { ...base, desired },
    captures: [capture({ rows: rows.slice(1), unfit: new Set(['10.0.0.0']) })],
    undelivered: ips.map((ip) => ({ ip, services: ['default/web'], interfaces: ['eth0'], why: 'nothing takes it' })),
  });
  const found = steps('svc/default/web', view);
  expect(found.length).toBeLessThan(64);
  const failing = found.filter(({ result }) => result === 'fail').map(({ code }) => code);
  expect(failing).toContain('LL-L2-008');
  expect(failing).toContain('LL-CAP-005');
  expect(found.map(({ message }) => message)).toContain('2984 more addresses: lanlord explain ip/ADDRESS');
});

test('an address that nobody knows, and everything before the first evaluation, is not found', () => {
  expect(explainAnswer(daemonView(), 'ip/203.0.113.9')).toMatchObject({ ok: false, code: 'not_found', status: 404 });
  expect(explainAnswer(daemonView({ snapshot: null }), '192.168.10.208')).toMatchObject({ ok: false });
});

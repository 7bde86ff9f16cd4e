import { expect, test } from 'bun:test';
import { type DaemonFacts, type DoctorFacts, doctorChecks, type LinkFacts } from '#cli/doctor-checks.ts';

const calm = { arpIgnore: 0, proxyArp: 0, proxyNdp: 0 };
const eth0: LinkFacts = {
  name: 'eth0',
  mac: '02:00:00:00:00:01',
  up: true,
  carrier: true,
  loopback: false,
  arp: true,
  master: null,
  addresses: ['192.168.10.2'],
  settings: calm,
};
const lo: LinkFacts = { ...eth0, name: 'lo', loopback: true, mac: '', addresses: ['127.0.0.1'] };
const facts: DoctorFacts = {
  libpcap: { ok: true, origin: '1.10.3 from /lib/libpcap.so.1' },
  glibc: '2.36',
  capabilities: new Set(['CAP_NET_RAW']),
  links: [lo, eth0],
  daemon: {
    version: '1.0.0',
    pid: 1187,
    capabilities: new Set(['CAP_NET_RAW']),
    interfaces: [{ name: 'eth0', capture: 'open', detail: '' }],
    foreign: null,
    vips: ['192.168.10.208', '2001:db8::5'],
    undelivered: [],
    routers: [],
  },
};

function bad(more: Partial<DoctorFacts>): string[] {
  return doctorChecks({ ...facts, ...more })
    .filter(({ result }) => result !== 'ok')
    .map(({ code, result }) => `${code} ${result}`);
}

test('a healthy machine has nothing to complain about', () => {
  expect(bad({})).toEqual([]);
});

test('library, C library and capability are checked', () => {
  expect(bad({ libpcap: { ok: false, message: 'not found' } })).toEqual(['LL-DOC-001 failure']);
  expect(bad({ glibc: '2.9' })).toEqual(['LL-DOC-002 failure']);
  expect(bad({ glibc: null })).toEqual(['LL-DOC-002 warning']);
});

test('the capability that counts is the daemon’s; without one, or unknown, that of whoever asks', () => {
  const none = new Set(['CAP_CHOWN']);
  const daemon = facts.daemon as DaemonFacts;
  expect(bad({ capabilities: none })).toEqual([]);
  expect(bad({ daemon: { ...daemon, capabilities: none } })).toEqual(['LL-DOC-003 failure']);
  expect(bad({ daemon: { ...daemon, capabilities: null } })).toEqual([]);
  expect(bad({ capabilities: none, daemon: { ...daemon, capabilities: null } })).toEqual(['LL-DOC-003 failure']);
  expect(bad({ capabilities: none, daemon: { error: 'none here' } })).toContain('LL-DOC-003 failure');
});

test('a wanted interface must exist, be up, have carrier, do ARP and be no port', () => {
  const links = (more: Partial<LinkFacts>) => [lo, { ...eth0, ...more }];
  expect(bad({ links: links({ up: false }) })).toEqual(['LL-DOC-010 failure']);
  expect(bad({ links: links({ carrier: false }) })).toEqual(['LL-DOC-010 failure']);
  expect(bad({ links: links({ arp: false }) })).toEqual(['LL-DOC-012 failure']);
  expect(bad({ links: links({ master: 'br0' }) })).toEqual(['LL-DOC-011 failure']);
  expect(bad({ links: [lo] })).toEqual(['LL-DOC-010 failure']);
});

test('an interface that nobody wants may be in any state', () => {
  const other = { ...eth0, name: 'eth9', up: false, settings: { ...calm, proxyArp: 1 } };
  expect(bad({ links: [lo, eth0, other] })).toEqual([]);
});

test('what makes the kernel answer is found', () => {
  expect(bad({ links: [lo, { ...eth0, settings: { ...calm, proxyArp: 1 } }] })).toEqual(['LL-DOC-021 failure']);
  expect(bad({ links: [lo, { ...eth0, settings: { ...calm, proxyNdp: 1 } }] })).toEqual(['LL-DOC-022 warning']);
  const onEth0 = { ...eth0, addresses: ['192.168.10.208'] };
  expect(bad({ links: [lo, onEth0] })).toEqual(['LL-DOC-023 failure']);
});

test('a VIP on lo makes the kernel answer only for IPv4 and without arp_ignore', () => {
  const onLo = { ...lo, addresses: ['192.168.10.208', '2001:db8::5'] };
  expect(bad({ links: [onLo, eth0] })).toEqual(['LL-DOC-024 failure']);
  expect(bad({ links: [onLo, { ...eth0, settings: { ...calm, arpIgnore: 1 } }] })).toEqual([]);
});

test('a daemon that does not run is a warning, one that captures nothing a failure', () => {
  expect(bad({ daemon: { error: 'No daemon here' } })).toEqual(['LL-DOC-030 warning']);
  const interfaces = [{ name: 'eth0', capture: 'denied', detail: 'Operation not permitted' }];
  const daemon = { ...(facts.daemon as DaemonFacts), interfaces };
  expect(bad({ daemon })).toEqual(['LL-DOC-031 failure']);
});

test('traffic that nobody takes is a warning per message', () => {
  const { daemon } = facts;
  if ('error' in daemon) throw new Error(daemon.error);
  const told = { ...daemon, undelivered: ['192.168.10.208 is announced, but'] };
  expect(bad({ daemon: told })).toEqual(['LL-DOC-032 warning']);
});

test('codes never change their meaning: each has its form', () => {
  for (const { code, fix, result } of doctorChecks(facts)) {
    expect(code).toMatch(/^LL-DOC-\d{3}$/);
    if (result === 'ok') expect(fix).toBe('');
  }
});

test('other virtual routers that are set up otherwise are told with what to change', () => {
  const { daemon } = facts;
  if ('error' in daemon) throw new Error(daemon.error);
  const router = { message: 'it speaks version 2', hint: 'vrrp_version 3', severity: 'critical' };
  const routers = [router, { ...router, severity: 'warning' }];
  expect(bad({ daemon: { ...daemon, routers } })).toEqual(['LL-DOC-033 failure', 'LL-DOC-033 warning']);
});

test('interfaces of another network namespace than the daemon’s are no answer', () => {
  const foreign = 'the daemon captures on "eth0", MAC 02:00:00:00:00:01, and there is none of that name here';
  expect(bad({ daemon: { ...(facts.daemon as DaemonFacts), foreign } })).toEqual(['LL-DOC-034 failure']);
});

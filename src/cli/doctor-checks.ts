// What `doctor` makes of the facts it gathered.
import type { DoctorCheck } from '#control/doctor-answer.ts';
import type { DoctorCode } from './doctor-codes.ts';

export interface LinkFacts {
  readonly name: string;
  readonly mac: string;
  readonly up: boolean;
  readonly carrier: boolean;
  readonly loopback: boolean;
  readonly arp: boolean;
  /** Name of the bridge or bond it is a port of. */
  readonly master: string | null;
  /** Canonical addresses without those that lanlord itself added. */
  readonly addresses: readonly string[];
  /** Effective values, the maximum of the interface's own and `all`'s; null where the kernel has none. */
  readonly settings: {
    readonly arpIgnore: number | null;
    readonly proxyArp: number | null;
    readonly proxyNdp: number | null;
  };
}

export interface DoctorFacts {
  /** What is loaded (`1.10.3 from /lib/…`), or why nothing is. */
  readonly libpcap: { readonly ok: true; readonly origin: string } | { readonly ok: false; readonly message: string };
  /** Version of the C library that runs this, null when it is not glibc. */
  readonly glibc: string | null;
  readonly capabilities: ReadonlySet<string>;
  readonly links: readonly LinkFacts[] | { readonly error: string };
  /** What the running daemon says; a text when it cannot be asked. */
  readonly daemon: DaemonFacts | { readonly error: string };
}

export interface DaemonFacts {
  readonly version: string;
  readonly pid: number;
  /** What it may do; null when that cannot be read from here. */
  readonly capabilities: ReadonlySet<string> | null;
  readonly interfaces: readonly { readonly name: string; readonly capture: string; readonly detail: string }[];
  /** Where this is another network namespace than the daemon's: what differs, and what to do. */
  readonly foreign: string | null;
  /** Canonical texts. */
  readonly vips: readonly string[];
  /** What it says about announced addresses whose traffic nothing here takes. */
  readonly undelivered: readonly string[];
  /** What it says about other virtual routers. */
  readonly routers: readonly { readonly message: string; readonly hint: string; readonly severity: string }[];
}

// Bun needs 2.17, and the embedded libpcap is built to need no more; `native/README.md` says so.
const glibcFloor = [2, 17] as const;

/** All checks, in the order of their codes' areas: this program, interfaces, kernel, daemon. */
export function doctorChecks(facts: DoctorFacts): readonly DoctorCheck[] {
  const daemon = 'error' in facts.daemon ? null : facts.daemon;
  const links = 'error' in facts.links ? [] : facts.links;
  const wanted = new Set((daemon?.interfaces ?? []).map(({ name }) => name));
  return [
    libraryCheck(facts.libpcap),
    glibcCheck(facts.glibc),
    capabilityCheck(facts.capabilities, daemon),
    ...('error' in facts.links ? [failure('LL-DOC-010', `Cannot list the interfaces: ${facts.links.error}`, '')] : []),
    ...links.filter(({ loopback }) => !loopback).map((link) => linkCheck(link, wanted.has(link.name))),
    ...[...wanted].filter((name) => !links.some((link) => link.name === name)).map(missingLink),
    ...kernelChecks(links, wanted, daemon?.vips ?? []),
    ...daemonChecks(facts.daemon),
  ];
}

function ok(code: DoctorCode, message: string): DoctorCheck {
  return { code, result: 'ok', message, fix: '' };
}

function warning(code: DoctorCode, message: string, fix: string): DoctorCheck {
  return { code, result: 'warning', message, fix };
}

function failure(code: DoctorCode, message: string, fix: string): DoctorCheck {
  return { code, result: 'failure', message, fix };
}

function libraryCheck(libpcap: DoctorFacts['libpcap']): DoctorCheck {
  if (libpcap.ok) return ok('LL-DOC-001', `libpcap ${libpcap.origin}`);
  return failure('LL-DOC-001', `Cannot load libpcap: ${libpcap.message}`, 'apt-get install libpcap0.8');
}

function glibcCheck(version: string | null): DoctorCheck {
  const needed = glibcFloor.join('.');
  if (version === null) return warning('LL-DOC-002', `The C library is not glibc (needed: ${needed} or newer)`, '');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > glibcFloor[0] || (major === glibcFloor[0] && minor >= glibcFloor[1]);
  const message = `glibc ${version} (needed: ${needed} or newer)`;
  return enough ? ok('LL-DOC-002', message) : failure('LL-DOC-002', message, 'use a newer distribution');
}

/** The daemon's own where it runs: whoever asks need not be able to capture. */
function capabilityCheck(own: ReadonlySet<string>, daemon: DaemonFacts | null): DoctorCheck {
  const theirs = daemon?.capabilities ?? null;
  const whose = theirs === null ? 'this user' : 'the daemon';
  const network = [...(theirs ?? own)].filter((name) => name.startsWith('CAP_NET_'));
  if (network.includes('CAP_NET_RAW')) return ok('LL-DOC-003', `${network.sort().join(', ')} effective for ${whose}`);
  return failure(
    'LL-DOC-003',
    `CAP_NET_RAW is missing for ${whose}: nothing can be captured`,
    'run as root, or by a unit with AmbientCapabilities=CAP_NET_RAW',
  );
}

/** An interface that no policy selects may be in any state. */
function linkCheck({ name, mac, up, carrier, arp, master }: LinkFacts, wanted: boolean): DoctorCheck {
  const bad = wanted
    ? failure
    : (code: DoctorCode, message: string) => ok(code, `${message} (not selected by a policy)`);
  if (master !== null) {
    return bad(
      'LL-DOC-011',
      `${name} is a port of ${master}: it is never used, ${master} is`,
      `select ${master} instead`,
    );
  }
  if (!arp) return bad('LL-DOC-012', `${name} does not do ARP (NOARP, or no Ethernet)`, `ip link set ${name} arp on`);
  if (!up) return bad('LL-DOC-010', `${name} is down`, `ip link set ${name} up`);
  if (!carrier) return bad('LL-DOC-010', `${name} is up but has no carrier`, 'check the cable or the other end');
  return ok('LL-DOC-010', `${name} is up, has carrier, MAC ${mac || 'none'}`);
}

function missingLink(name: string): DoctorCheck {
  return failure('LL-DOC-010', `${name} does not exist, but the daemon wants it`, 'create it, or change the policy');
}

/** What makes the kernel answer for a VIP itself, with a MAC of its choice. */
function kernelChecks(
  links: readonly LinkFacts[],
  wanted: ReadonlySet<string>,
  vips: readonly string[],
): readonly DoctorCheck[] {
  const found = links
    .filter(({ loopback, name }) => !loopback && (wanted.size === 0 || wanted.has(name)))
    .flatMap(proxyChecks);
  const local = vips.flatMap((vip) => localVipChecks(vip, links, wanted));
  if (local.length === 0)
    found.push(ok('LL-DOC-023', `No VIP is a local address that the kernel answers for (${vips.length} VIPs)`));
  return [...found, ...local];
}

function proxyChecks({ name, settings }: LinkFacts): DoctorCheck[] {
  const checks: DoctorCheck[] = [];
  if (settings.proxyArp) {
    const message = `net.ipv4.conf.${name}.proxy_arp is on: the kernel answers too, with its own MAC`;
    checks.push(
      failure('LL-DOC-021', message, `sysctl -w net.ipv4.conf.${name}.proxy_arp=0 net.ipv4.conf.all.proxy_arp=0`),
    );
  }
  if (settings.proxyNdp) {
    const message = `net.ipv6.conf.${name}.proxy_ndp is on: the kernel answers for addresses of "ip neigh show proxy"`;
    checks.push(warning('LL-DOC-022', message, `sysctl -w net.ipv6.conf.${name}.proxy_ndp=0`));
  }
  return checks.length > 0 ? checks : [ok('LL-DOC-021', `${name}: proxy_arp and proxy_ndp are off`)];
}

function localVipChecks(vip: string, links: readonly LinkFacts[], wanted: ReadonlySet<string>): DoctorCheck[] {
  return links
    .filter(({ addresses }) => addresses.includes(vip))
    .flatMap(({ name, loopback }) => {
      const message = `VIP ${vip} is configured on ${name}: the kernel answers for it, too`;
      if (!loopback) return [failure('LL-DOC-023', message, `ip address del ${vip} dev ${name}`)];
      // On lo the kernel answers for IPv4 only where arp_ignore allows it, and never for IPv6.
      if (vip.includes(':')) return [];
      return links
        .filter((link) => wanted.has(link.name) && (link.settings.arpIgnore ?? 0) === 0)
        .map((link) =>
          failure('LL-DOC-024', `${message} on ${link.name}`, `sysctl -w net.ipv4.conf.${link.name}.arp_ignore=1`),
        );
    });
}

function daemonChecks(daemon: DoctorFacts['daemon']): readonly DoctorCheck[] {
  if ('error' in daemon) return [warning('LL-DOC-030', daemon.error, 'systemctl start lanlord')];
  const running = ok('LL-DOC-030', `The daemon runs: pid ${daemon.pid}, lanlord ${daemon.version}`);
  const captures = daemon.interfaces.map(({ name, capture, detail }) =>
    capture === 'open'
      ? ok('LL-DOC-031', `The daemon captures on ${name}`)
      : failure(
          'LL-DOC-031',
          `The daemon does not capture on ${name}: ${capture}${detail === '' ? '' : `, ${detail}`}`,
          '',
        ),
  );
  return [running, ...namespaceChecks(daemon), ...captures, ...deliveryChecks(daemon), ...routerChecks(daemon)];
}

/** What was found out about interfaces and the kernel is then about others. */
function namespaceChecks({ foreign }: DaemonFacts): readonly DoctorCheck[] {
  if (foreign === null) return [];
  return [failure('LL-DOC-034', `Other interfaces than the daemon's were examined: ${foreign}`, '')];
}

function routerChecks({ routers }: DaemonFacts): readonly DoctorCheck[] {
  if (routers.length === 0) return [ok('LL-DOC-033', 'No other virtual router on the LAN is set up otherwise')];
  return routers.map(({ message, hint, severity }) =>
    severity === 'critical' ? failure('LL-DOC-033', message, hint) : warning('LL-DOC-033', message, hint),
  );
}

function deliveryChecks({ vips, undelivered }: DaemonFacts): readonly DoctorCheck[] {
  if (undelivered.length === 0) {
    return [ok('LL-DOC-032', `Traffic to every announced address is taken by this box (${vips.length} VIPs)`)];
  }
  const fix = 'delivery: local in the NodeConfig, or an address, a route or a DNAT rule of your own';
  return undelivered.map((message) => warning('LL-DOC-032', message, fix));
}

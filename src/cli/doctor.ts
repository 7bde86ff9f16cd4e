// Entry of `lanlord doctor`: gathers what this machine says about itself, with or without a running daemon.
import { controlClient } from '#control/client.ts';
import type { DoctorAnswer, DoctorCheck } from '#control/doctor-answer.ts';
import { apiVersion } from '#control/protocol.ts';
import { formatAddress, parseAddress } from '#model/address.ts';
import { safeText } from '#model/safe-text.ts';
import { capabilitiesOf, effectiveCapabilities } from '#native/linux/capabilities.ts';
import { isOurVip } from '#native/linux/delivery-local.ts';
import { type LinkInfo, readLinks } from '#native/linux/link-monitor.ts';
import { readSetting } from '#native/linux/sysctl.ts';
import { libpcapOrigin } from '#native/load.ts';
import type { DoctorOptions } from './actions.ts';
import { type DoctorFacts, doctorChecks, type LinkFacts } from './doctor-checks.ts';
import { exitCode } from './exit-code.ts';
import { foreignLink } from './foreign-link.ts';
import { type Glyphs, glyphs } from './glyphs.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';

/** @returns 0 without failures, 1 with. */
export async function doctor(options: DoctorOptions, output: Output): Promise<number> {
  const links = readLinks();
  const checks = doctorChecks({
    libpcap: libraryFacts(),
    glibc: glibcVersion(),
    capabilities: effectiveCapabilities(),
    links: links.ok ? linkFacts(links.value) : { error: links.error.message },
    daemon: await daemonFacts(options, links.ok ? links.value : null),
  });
  if (options.output === 'json') {
    const answer: DoctorAnswer = { apiVersion, kind: 'Doctor', generatedAt: new Date().toISOString(), checks };
    printJson(answer, output);
  } else output.data(doctorText(checks, glyphs(output.isTty, process.env)));
  return checks.some(({ result }) => result === 'failure') ? exitCode.found : exitCode.clean;
}

function libraryFacts(): DoctorFacts['libpcap'] {
  const origin = libpcapOrigin();
  if (!origin.ok) return { ok: false, message: origin.error.message };
  const { version, kind, path } = origin.value;
  return { ok: true, origin: kind === 'system' ? `${version} from ${path}` : `${version}, embedded` };
}

function glibcVersion(): string | null {
  const report: unknown = process.report.getReport();
  const header = (report as { header?: { glibcVersionRuntime?: unknown } }).header;
  return typeof header?.glibcVersionRuntime === 'string' ? header.glibcVersionRuntime : null;
}

function linkFacts(links: readonly LinkInfo[]): readonly LinkFacts[] {
  const names = new Map(links.map(({ index, name }) => [index, name]));
  return links.map((link) => ({
    name: link.name,
    mac: link.mac,
    up: link.up,
    carrier: link.carrier,
    loopback: link.loopback,
    arp: link.arp,
    master: link.master === null ? null : (names.get(link.master) ?? `interface ${link.master}`),
    addresses: link.addresses.filter((address) => !isOurVip(address)).map(({ address }) => canonical(address)),
    settings: settingsOf(link),
  }));
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address ? formatAddress(address) : text;
}

/** For these three the kernel takes the larger of `all` and the interface's own (ip-sysctl). */
function settingsOf({ name }: LinkInfo): LinkFacts['settings'] {
  const effective = (family: 'ipv4' | 'ipv6', key: string) => {
    const own = readSetting({ family, interface: name, key });
    const all = readSetting({ family, interface: 'all', key });
    if (!own.ok) return null;
    return Math.max(own.value, all.ok ? all.value : 0);
  };
  return {
    arpIgnore: effective('ipv4', 'arp_ignore'),
    proxyArp: effective('ipv4', 'proxy_arp'),
    proxyNdp: effective('ipv6', 'proxy_ndp'),
  };
}

/** `links`: of this machine; null when they cannot be listed. */
async function daemonFacts(
  { socket, timeoutMs }: DoctorOptions,
  links: readonly LinkInfo[] | null,
): Promise<DoctorFacts['daemon']> {
  const client = controlClient(socket, timeoutMs);
  const status = await client.status();
  if (!status.ok) return { error: status.failure.message };
  const leaders = await client.list('leaders');
  if (!leaders.ok) return { error: leaders.failure.message };
  const { version, pid, interfaces, problems } = status.value;
  const undelivered = problems.flatMap(({ code, message }) => (code === 'NODELIVERY' ? [message] : []));
  const captured = interfaces.filter(({ capture }) => capture === 'open');
  const routers = problems.filter(({ code }) => code === 'VRRP');
  return {
    version,
    pid,
    capabilities: capabilitiesOf(pid),
    interfaces,
    foreign: links === null ? null : foreignLink(captured, links, pid, 'doctor'),
    vips: [...new Set(leaders.value.items.map(({ ip }) => ip))],
    undelivered,
    routers,
  };
}

export function doctorText(checks: readonly DoctorCheck[], signs: Glyphs): string {
  const sign = { ok: signs.pass, warning: signs.warning, failure: signs.fail };
  const lines = checks.flatMap(({ code, result, message, fix }) => {
    const first = `${sign[result]} ${message}${result === 'ok' ? '' : `  [${code}]`}`;
    return fix === '' ? [first] : [first, `    fix: ${fix}`];
  });
  const count = (result: DoctorCheck['result']) => checks.filter((check) => check.result === result).length;
  lines.push(`${count('ok')} ok, ${count('warning')} warnings, ${count('failure')} failures`);
  return lines.map((line) => `${safeText(line)}\n`).join('');
}

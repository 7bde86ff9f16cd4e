// `who-has`: who answers for an address.
import { controlClient } from '#control/client.ts';
import { ageText } from '#control/duration-text.ts';
import type { Responder, WhoHasAnswer } from '#control/protocol.ts';
import { formatAddress } from '#model/address.ts';
import { safeText } from '#model/safe-text.ts';
import type { WhoHasOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';
import { readAddress } from './read-address.ts';
import { vendorLookup } from './vendor.ts';

/** A responder and who made its network card; null: nobody who is known. */
type NamedResponder = Responder & { readonly vendor: string | null };
type NamedAnswer = Omit<WhoHasAnswer, 'responders'> & { readonly responders: readonly NamedResponder[] };

/** @returns 0 when exactly one answers, 1 for nobody or more than one, 2 when the text is no address. */
export async function whoHas(options: WhoHasOptions, output: Output): Promise<number> {
  const address = readAddress(options.address, output);
  if (!address) return exitCode.usage;
  const answer = await controlClient(options.socket, options.timeoutMs).whoHas(formatAddress(address), options.probe);
  if (!answer.ok) return reportFailure(answer.failure, output);
  if (options.probe && !answer.value.probed) {
    output.note('lanlord: the wire could not be asked: this is what is known already (probed: false)');
  }
  const vendorOf = vendorLookup();
  const responders = answer.value.responders.map((one) => ({ ...one, vendor: vendorOf(one.mac) }));
  const named: NamedAnswer = { ...answer.value, responders };
  if (options.output === 'json') printJson(named, output);
  else if (options.output === 'yaml') output.data((await import('yaml')).stringify(named, { lineWidth: 0 }));
  else output.data(whoHasText(named));
  return responderCount(answer.value.responders) === 1 ? exitCode.clean : exitCode.found;
}

/** A node that answers on two interfaces is one responder. */
export function responderCount(responders: readonly Responder[]): number {
  return new Set(responders.map(({ kind, node, mac }) => (kind === 'stranger' ? `mac ${mac}` : `node ${node ?? mac}`)))
    .size;
}

export function whoHasText(answer: NamedAnswer): string {
  const { ip, services, pool, policies, responders } = answer;
  const nowMs = Date.parse(answer.generatedAt);
  const head = [
    ip,
    services.join(', '),
    pool === null ? '' : `pool ${pool}`,
    policies.length === 0 ? '' : `policy ${policies.join(', ')}`,
  ].filter((part) => part !== '');
  const lines = [head.join('  '), ...responders.map((responder) => `  ${responderText(responder, nowMs)}`)];
  const count = responderCount(responders);
  if (count === 0) lines.push(nobodyText(answer));
  else if (count > 1) lines.push(`${count} responders; exactly one was expected   next: lanlord explain ip/${ip}`);
  return lines.map((line) => `${safeText(line)}\n`).join('');
}

function nobodyText({ ip, probed, leader, node }: NamedAnswer): string {
  if (probed) return `nobody answers   next: lanlord explain ip/${ip}`;
  const here = 'nobody answers in the table of this node';
  if (leader === null || leader === node) return `${here} (the wire was not asked)   next: lanlord explain ip/${ip}`;
  return `${here}; ${leader} leads it, as it says   next: lanlord who-has ${ip} --probe`;
}

function responderText(responder: NamedResponder, nowMs: number): string {
  const { node, mac, interface: name, kind, source, since, lastSeen, count, protocol, vendor, rttSeconds } = responder;
  const who = { self: `${node ?? ''} (this node)`, peer: node ?? 'a peer', stranger: 'unknown host' }[kind];
  const origin = protocol ?? vendor;
  const named = origin === null ? mac : `${mac} (${origin})`;
  const age = since === null ? '' : `  since ${since.slice(0, 19)}Z (${ageText(since, nowMs)})`;
  const seen = kind === 'self' || lastSeen === null ? '' : `, last heard ${ageText(lastSeen, nowMs)} ago (${count} ×)`;
  const told = kind === 'peer' && source === 'table' ? '  as it says (--probe asks the wire)' : '';
  const took = rttSeconds === null ? '' : `  answered in ${(rttSeconds * 1000).toFixed(1)} ms`;
  return `${who}  ${named}  ${name}${age}${seen}${took}${told}`;
}

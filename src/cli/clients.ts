// `clients`: who asked for an address lately, and whether they hold the right MAC for it.
import { type AddressClient, addressClients, clientText } from '#control/address-clients.ts';
import { controlClient } from '#control/client.ts';
import type { Column } from '#control/columns.ts';
import { ageText } from '#control/duration-text.ts';
import { apiVersion } from '#control/protocol.ts';
import { mostTraffic } from '#control/traffic-protocol.ts';
import { formatAddress } from '#model/address.ts';
import type { ClientsOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import type { Output } from './output.ts';
import { printItems } from './print-list.ts';
import { readAddress } from './read-address.ts';
import { vendorLookup } from './vendor.ts';

type NamedClient = AddressClient & { readonly vendor: string | null };

const columns: readonly Column<NamedClient>[] = [
  { header: 'CLIENT', value: ({ ip }) => ip },
  { header: 'MAC', value: ({ mac }) => mac },
  { header: 'IF', value: (client) => client.interface },
  { header: 'ASKED', right: true, value: ({ lastAsked }, nowMs) => `${ageText(lastAsked, nowMs)} ago` },
  { header: 'COUNT', right: true, value: ({ count }) => String(count) },
  { header: 'STATE', value: ({ state }) => state },
  { header: 'HOLDS', value: ({ holds }) => holds ?? '-' },
  { header: 'VENDOR', wide: true, value: ({ vendor }) => vendor ?? '-' },
  { header: 'MESSAGE', wide: true, value: clientText },
];

/** @returns 0; with `--stale` 1 when there are some; 2 when the text is no address. */
export async function clients(options: ClientsOptions, output: Output): Promise<number> {
  const address = readAddress(options.address, output);
  if (!address) return exitCode.usage;
  const ip = formatAddress(address);
  const client = controlClient(options.socket, options.timeoutMs);
  const answerer = await client.whoHas(ip);
  if (!answerer.ok) return reportFailure(answerer.failure, output);
  const frames = await client.traffic({ filter: `ip="${ip}"`, limit: mostTraffic });
  if (!frames.ok) return reportFailure(frames.failure, output);
  const { generatedAt, node, items } = frames.value;
  const { leader } = answerer.value;
  const vendorOf = vendorLookup();
  const found = addressClients(items, answerer.value)
    .filter(({ state }) => !options.stale || state === 'stale')
    .map((one): NamedClient => ({ ...one, vendor: vendorOf(one.mac) }));
  const document = { apiVersion, kind: 'ClientList', generatedAt, node, ip, leader, items: found };
  const none = `${options.stale ? 'No client with a stale entry' : 'Nobody asked'} for ${ip}, as far as the frames kept here tell`;
  await printItems(document, columns, none, options.output, output);
  return options.stale && found.length > 0 ? exitCode.found : exitCode.clean;
}

// How the running daemon listens to VRRP, for captures.
import type { controlClient } from '#control/client.ts';
import { addressBytes, parseAddress } from '#model/address.ts';

/** How the daemon listens to VRRP; when it does not tell, as without peers. */
export async function electionEar(
  client: ReturnType<typeof controlClient>,
): Promise<{ readonly isOn: boolean; readonly peers: readonly Uint8Array[] }> {
  const config = await client.config();
  const settings = config.ok ? config.value.settings : [];
  const setting = (path: string) => settings.find((one) => one.path === path)?.value;
  const peers = setting('election.vrrp.peers');
  const addresses = (Array.isArray(peers) ? peers : []).flatMap((peer) => parseAddress(String(peer)) ?? []);
  return { isOn: (setting('election.mode') ?? 'vrrp') === 'vrrp', peers: addresses.map(addressBytes) };
}

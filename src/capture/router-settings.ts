// The settings of an interface's elections as its virtual routers need them: read once, not by each of 510 routers.
import { type Family, type IpAddress, parseAddress } from '#model/address.ts';
import type { ElectionSettings } from '#model/election.ts';

/** What the virtual routers of one family share. */
export interface RouterSettings {
  readonly shared: ElectionSettings;
  /** Where advertisements come from; null: nothing can be sent. */
  readonly source: IpAddress | null;
  /** Configured addresses to advertise. */
  readonly list: readonly IpAddress[];
  /** Addresses of known boxes. */
  readonly boxes: ReadonlySet<bigint>;
}

export function routerSettings(shared: ElectionSettings): Readonly<Record<Family, RouterSettings>> {
  const [list, boxes] = [parsed(shared.addresses), parsed(shared.boxes)];
  const of = (family: Family, source: string | null): RouterSettings => {
    const isOurs = (address: IpAddress) => address.family === family;
    return {
      shared,
      source: source === null ? null : parseAddress(source),
      list: list.filter(isOurs),
      boxes: new Set(boxes.filter(isOurs).map(({ value }) => value)),
    };
  };
  return { IPv4: of('IPv4', shared.sourceIPv4), IPv6: of('IPv6', shared.sourceIPv6) };
}

function parsed(texts: readonly string[]): readonly IpAddress[] {
  return texts.map(parseAddress).filter((address) => address !== null);
}

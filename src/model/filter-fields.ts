// The fields of the filter grammar, what kind of value each has, and which operators fit it.
export type FilterOp = ':' | '=' | '!=' | '~' | '!~' | '<' | '<=' | '>' | '>=';

/**
 * `address`: address, CIDR, first..last or glob. `mac`: whole or glob. `text`: whole or glob. `severity`: info, warn, crit,
 * in this order. `number` and `duration`: also low..high; durations in seconds.
 */
export type FieldType = 'address' | 'mac' | 'text' | 'direction' | 'family' | 'severity' | 'number' | 'duration';

const fields = {
  vip: 'address',
  ip: 'address',
  mac: 'mac',
  oui: 'text',
  iface: 'text',
  vlan: 'number',
  dir: 'direction',
  op: 'text',
  verdict: 'text',
  svc: 'text',
  ns: 'text',
  pool: 'text',
  policy: 'text',
  leader: 'text',
  node: 'text',
  state: 'text',
  label: 'text',
  kind: 'text',
  sev: 'severity',
  code: 'text',
  age: 'duration',
  since: 'duration',
  lat: 'duration',
  count: 'number',
  family: 'family',
  term: 'number',
} as const satisfies Readonly<Record<string, FieldType>>;

export type FilterField = keyof typeof fields;

export const fieldNames = Object.keys(fields) as readonly FilterField[];

/** In upper or lower case. */
export function fieldOf(name: string): FilterField | null {
  const lower = name.toLowerCase();
  return fieldNames.find((field) => field === lower) ?? null;
}

export function typeOf(field: FilterField): FieldType {
  return fields[field];
}

const equal = [':', '=', '!='] as const;
const contained = [...equal, '~', '!~'] as const;
const ordered = [...equal, '<', '<=', '>', '>='] as const;

const ops: Readonly<Record<FieldType, readonly FilterOp[]>> = {
  address: [...contained, '<', '<=', '>', '>='],
  mac: contained,
  text: contained,
  direction: equal,
  family: equal,
  severity: ordered,
  number: ordered,
  duration: ordered,
};

export function opsOf(field: FilterField): readonly FilterOp[] {
  return ops[fields[field]];
}

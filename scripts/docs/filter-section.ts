// The section of docs/commands.md about filters: the grammar, and every field with its operators.
import { type FieldType, type FilterField, fieldNames, opsOf, typeOf } from '#model/filter-fields.ts';
import { code, fence, table } from './markdown.ts';

/** Required for every field: one that is missing here would be missing on the page. */
const meanings: Readonly<Record<FilterField, string>> = {
  vip: 'address that it is about',
  ip: 'any address in it',
  mac: 'any MAC in it',
  oui: 'vendor of the card, or the first three bytes of its MAC',
  iface: 'interface',
  vlan: 'VLAN of a tagged frame',
  dir: 'direction of a frame: in or out',
  op: 'operation: request (who), probe, reply (is-at), announcement (garp); ns, na, una for Neighbor Discovery',
  verdict: 'what became of a frame: answered, ignored, duplicate, ours; or the reason',
  svc: 'service, NAMESPACE/NAME or NAME',
  ns: 'namespace',
  pool: 'pool',
  policy: 'policy',
  leader: 'who answers; @self is this node',
  node: 'node; @self is this one',
  state: 'state, as tables show it',
  label: 'label.KEY: a label',
  kind: 'protocol of a frame, kind of an event',
  sev: 'severity: info, warn, crit, in this order',
  code: 'code of a problem',
  age: 'how long ago',
  since: 'the same as age',
  lat: 'how long an answer took',
  count: 'how many',
  family: '4 or 6',
  term: 'term of the leader',
};

const examples: Readonly<Record<FieldType, string>> = {
  address: '192.168.10.5, 192.168.10.0/24, 192.168.10.5..192.168.10.9, 192.168.10.*',
  mac: '52:54:00:12:34:56, 52:54:00:*',
  text: 'whole, or a glob such as web*',
  direction: 'in, out',
  family: '4, 6',
  severity: 'info, warn, crit',
  number: '5, 1..9',
  duration: '5ms, 10m, 6m12s, 1ms..5ms; with : at most',
};

export function filterSection(): string[] {
  return [
    '## Filters',
    `Every \`--filter\` takes the same expressions: terms that all have to fit, \`or\` (\`|\`) between alternatives, \`not\` (\`!\`, \`-\`)
before what must not, parentheses. A term is a field with an operator and a value, or a word that is looked for in everything
that a table shows. Upper and lower case are the same.`,
    fence([
      'plex',
      'vip:192.168.10.0/28 verdict:duplicate',
      'op:who,garp -mac:52:54:00:*',
      'lat>5ms or verdict:ignored',
      'leader!=edge-1 since<10m',
      'sev>=warn since:2h',
    ]),
    `\`:\` fits a whole value or a glob, \`=\` takes \`*\` as it is, \`~\` fits a part. Several values with commas: any of them. What has
spaces, or means something here, goes into double quotes. What a row says nothing of fits only \`!=\`, \`!~\` and \`not\`.`,
    table(
      ['Field', 'What it is', 'Values', 'Operators'],
      fieldNames.map((field) => [
        code(field === 'label' ? 'label.KEY' : field),
        meanings[field],
        examples[typeOf(field)],
        opsOf(field).map(code).join(' '),
      ]),
    ),
  ];
}

// docs/configuration.md: every kind, field, annotation and configuration code.
import { annotationNames } from '#core/annotation.ts';
import { configCodes } from '#sources/file/codes.ts';
import { kindRules } from '#sources/file/convert-document.ts';
import { knownAnnotations } from '#sources/file/known-annotations.ts';
import { maxDocuments, maxFileBytes } from '#sources/file/pre-scan.ts';
import { type Field, schemaFields } from '#sources/file/schema-fields.ts';
import { code, page, table } from './markdown.ts';
import { defaultOf } from './node-config-defaults.ts';

type Kind = keyof typeof kindRules;

/** Which part of each kind is read beside `metadata`. */
const parts: Readonly<Record<Kind, readonly string[]>> = {
  CiliumLoadBalancerIPPool: ['spec'],
  CiliumL2AnnouncementPolicy: ['spec'],
  Service: ['spec', 'status'],
  EndpointSlice: ['endpoints'],
  Node: ['status'],
  NodeConfig: ['spec'],
};

const isStrict: ReadonlySet<Kind> = new Set(['CiliumLoadBalancerIPPool', 'CiliumL2AnnouncementPolicy', 'NodeConfig']);

export function configurationPage(): string {
  const kinds = Object.keys(kindRules) as Kind[];
  return page(
    '# Configuration',
    `Manifests are Kubernetes-style documents, YAML or JSON, many per file, in any order and in any file. \`-c\` takes files
and directories (\`*.yaml\`, \`*.yml\`, \`*.json\`, in byte order); without it \`/etc/lanlord\` is read. A \`List\` is read as its
items. Documents of other kinds are skipped with one line. Nothing in them is expanded from the environment.`,
    `Strict kinds refuse unknown fields; the others accept what Kubernetes prints and read the fields below. A field that is
null counts as left out. One file has at most ${maxFileBytes / 1024 / 1024} MiB and ${maxDocuments.toLocaleString('en-US')} documents.`,
    `A *document error* (YAML, unknown field, wrong type, duplicate key, the same object twice) refuses the whole reload: what
ran goes on. An *object error* (bad CIDR, bad selector, overlap) becomes a condition of that object and harms no other.
\`lanlord check\` prints both, with file, line and column.`,
    '## Kinds',
    table(['Kind', 'apiVersion', 'Unknown fields'], kinds.map(kindRow)),
    ...kinds.filter((kind) => kind !== 'NodeConfig').flatMap(kindSection),
    ...nodeConfigSection(),
    ...annotationSection(),
    '## Codes',
    'Codes never change their meaning.',
    table(
      ['Code', 'Meaning'],
      Object.entries(configCodes).map(([name, text]) => [code(name), text]),
    ),
  );
}

function kindRow(kind: Kind): string[] {
  const { group, versions } = kindRules[kind];
  const written = versions.map((version) => code(group === '' ? version : `${group}/${version}`));
  return [code(kind), written.join(', '), isStrict.has(kind) ? 'refused' : 'accepted'];
}

function kindSection(kind: Kind): string[] {
  const fields = schemaFields(kindRules[kind].schema, parts[kind]);
  const isDescribed = fields.some(({ description }) => description !== '');
  const head = isDescribed ? ['Field', 'Takes', 'Meaning'] : ['Field', 'Takes'];
  const rows = fields.map((field) => [name(field), field.takes, ...(isDescribed ? [field.description] : [])]);
  const note = isDescribed ? [] : ['Read as Kubernetes documents them; everything else is accepted and not read.'];
  return [`## ${kind}`, ...note, table(head, rows)];
}

function name({ path, required }: Field): string {
  return required ? `${code(path)} (required)` : code(path);
}

function nodeConfigSection(): string[] {
  const rows = schemaFields(kindRules.NodeConfig.schema, parts.NodeConfig).map(({ path, takes, description }) => {
    const text = defaultOf(path.slice('spec.'.length));
    return [code(path), takes, text === undefined ? '' : code(text), description];
  });
  return [
    '## NodeConfig',
    'At most one, about this box. Every field is optional. Durations are written like `100ms`, `1.5s`, `5m` or `1m30s`.',
    table(['Field', 'Takes', 'Default', 'Meaning'], rows),
  ];
}

function annotationSection(): string[] {
  const rows = Object.entries(knownAnnotations).flatMap(([kind, names]) =>
    Object.entries(names).map(([key, { meaning, takes }]) => [kind, code(key), takes, meaning, aliases(key)]),
  );
  return [
    '## Annotations',
    `The first name that is present counts. Unknown annotations of \`lanlord.dev/\` and \`lbipam.cilium.io/\` earn a warning,
others are not looked at.`,
    table(['Kind', 'Annotation', 'Takes', 'Meaning', 'Other names'], rows),
  ];
}

function aliases(key: string): string {
  const names: readonly (readonly string[])[] = Object.values(annotationNames);
  const others = names.find(([first]) => first === key)?.slice(1) ?? [];
  return others.map(code).join(', ');
}

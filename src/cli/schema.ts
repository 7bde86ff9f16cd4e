// `schema`: the JSON Schema of manifests for editors, or the fields of one kind for people.

import { tableText } from '#control/table-text.ts';
import { nearestWord } from '#model/nearest-word.ts';
import { safeText } from '#model/safe-text.ts';
import { kindRules } from '#sources/file/convert-document.ts';
import { kindSchema, manifestSchema, schemaKinds } from '#sources/file/json-schema.ts';
import { type Field, schemaFields } from '#sources/file/schema-fields.ts';
import type { SchemaOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';

/** @returns 0; 1 for a path that does not exist; 2 for an unknown kind. */
export async function schema({ path, output: form }: SchemaOptions, output: Output): Promise<number> {
  if (path === null) {
    printJson(manifestSchema(), output);
    return exitCode.clean;
  }
  const [word = '', ...steps] = path.split('.');
  const kind = schemaKinds.find((name) => name.toLowerCase() === word.toLowerCase());
  if (!kind) {
    const near = nearestWord(word, schemaKinds);
    output.note(
      `lanlord: unknown kind "${safeText(word)}" (${near ? `did you mean ${near}?` : `one of ${schemaKinds.join(', ')}`})`,
    );
    return exitCode.usage;
  }
  if (form === 'json') {
    printJson(kindSchema(kind), output);
    return exitCode.clean;
  }
  const parts = Object.keys(kindSchema(kind).properties ?? {}).filter((name) => !['apiVersion', 'kind'].includes(name));
  const wanted = steps.join('.');
  const fields = schemaFields(kindRules[kind].schema, parts).filter((field) => isBelow(field, wanted));
  if (fields.length === 0) {
    output.note(`lanlord: ${kind} has no field "${safeText(wanted)}"`);
    return exitCode.found;
  }
  const maxWidth = output.isTty ? (process.stdout.columns ?? null) : null;
  output.data(tableText(columns, fields, 0, { wide: true, maxWidth }));
  return exitCode.clean;
}

/** Lists are named with and without their brackets. */
function isBelow({ path }: Field, wanted: string): boolean {
  const plain = path.replaceAll('[]', '');
  const bare = wanted.replaceAll('[]', '');
  return bare === '' || plain === bare || plain.startsWith(`${bare}.`);
}

const columns = [
  { header: 'FIELD', value: ({ path, required }: Field) => `${path}${required ? ' (required)' : ''}` },
  { header: 'TAKES', value: ({ takes }: Field) => takes },
  { header: 'MEANING', value: ({ description }: Field) => description || '-' },
];

// Every YAML block of README and docs is a configuration that is accepted without a word.
import { expect, test } from 'bun:test';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseManifests } from '#sources/file/parse-manifests.ts';

const root = resolve(import.meta.dir, '../../..');

function blocks(text: string): string[] {
  return [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

const examples = ['README.md', ...globSync('docs/**/*.md', { cwd: root })].flatMap((path) =>
  blocks(readFileSync(join(root, path), 'utf8')).map((text, index) => ({ name: `${path} #${index + 1}`, text })),
);

test.each(examples)('$name is accepted', ({ name, text }) => {
  const { objects, problems, skipped } = parseManifests(text, name);
  expect({ problems, skipped: [...skipped] }).toEqual({ problems: [], skipped: [] });
  expect(objects.length).toBeGreaterThan(0);
});

test('there are examples, and a wrong one is found', () => {
  expect(examples.length).toBeGreaterThan(1);
  const [wrong = ''] = blocks('```yaml\napiVersion: lanlord.dev/v1\nkind: NodeConfig\nspec: {delivry: local}\n```\n');
  expect(parseManifests(wrong, 'x').problems).toHaveLength(1);
});

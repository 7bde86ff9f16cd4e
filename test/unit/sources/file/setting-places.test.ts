// Where the settings of a NodeConfig are said.
import { expect, test } from 'bun:test';
import { parseManifests } from '#sources/file/parse-manifests.ts';
import { settingPlaces } from '#sources/file/setting-places.ts';

function places(text: string): Record<string, string> {
  const { nodeConfig, nodeConfigFields } = parseManifests(text, 'n.yaml');
  const found = [...settingPlaces(nodeConfig, nodeConfigFields)];
  return Object.fromEntries(found.map(([path, { file, line, column }]) => [path, `${file}:${line}:${column}`]));
}

const head = 'apiVersion: lanlord.dev/v1\nkind: NodeConfig\nspec:\n';

test('every value has its line and column, in block and in flow style', () => {
  const found = places(
    `${head}  delivery: local\n  election: {mode: vrrp, hello: {interval: 2s}}\n  ipFamilies: [IPv4]\n`,
  );
  expect(found).toMatchObject({
    delivery: 'n.yaml:4:13',
    'election.mode': 'n.yaml:5:20',
    'election.hello.interval': 'n.yaml:5:44',
    ipFamilies: 'n.yaml:6:15',
  });
});

test('null and an empty name of the node say nothing', () => {
  expect(places(`${head}  delivery: null\n  node: {name: "", labels: {a: b}}\n  log: ~\n`)).toEqual({
    node: 'n.yaml:5:9',
    'node.labels': 'n.yaml:5:28',
    'node.labels.a': 'n.yaml:5:32',
  });
});

test('a NodeConfig inside a List, below another document, has the lines of the file', () => {
  const list =
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: lanlord.dev/v1\n  kind: NodeConfig\n  spec:\n    delivery: none\n';
  expect(places(`apiVersion: v1\nkind: Other\n---\n${list}`)).toEqual({ delivery: 'n.yaml:10:15' });
});

test('without a NodeConfig there are none', () => {
  expect(places('')).toEqual({});
});

import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { complete } from '#cli/complete.ts';
import { completionScripts, shells } from '#cli/completion-scripts.ts';
import type { Kind } from '#control/protocol.ts';
import { documentedProgram } from '../../../scripts/docs/commands-page.ts';

const program = documentedProgram();
const known: Partial<Record<Kind, readonly string[]>> = {
  services: ['default/web', 'media/plex'],
  leaders: ['192.168.10.208', '2001:db8::1'],
  pools: ['blue'],
  policies: ['lan'],
  nodes: ['edge-1'],
};

async function words(...typed: readonly string[]): Promise<readonly string[]> {
  return (await complete(program, typed, async (kind) => known[kind] ?? [])).map(({ word }) => word);
}

test('commands, the commands of a command, and nothing that is not spoken of', async () => {
  expect(await words('e')).toEqual(['explain', 'events']);
  expect(await words('config', '')).toEqual(['show', 'history']);
  expect(await words('')).toContain('status');
  expect((await words('')).filter((word) => word.startsWith('_'))).toEqual([]);
});

test('options of the command, and what they take', async () => {
  expect(await words('status', '--b')).toEqual(['--brief']);
  expect(await words('get', 'pools', '-o', 'j')).toEqual(['json', 'jsonl']);
  expect(await words('get', '--output', 'json', 'po')).toEqual(['pools', 'policies']);
  expect(await words('run', '--election', '')).toEqual(['solo', 'vrrp', 'lease']);
  expect(await words('config', 'history', '--si')).toEqual(['--since']);
});

test('names that the daemon knows, as each command takes them', async () => {
  expect(await words('get', 'svc', '')).toEqual(['default/web', 'media/plex']);
  expect(await words('get', 'pools', 'b')).toEqual(['blue']);
  expect(await words('explain', 'svc/m')).toEqual(['svc/media/plex']);
  expect(await words('explain', 'l')).toEqual(['leader/192.168.10.208', 'leader/2001:db8::1']);
  expect(await words('who-has', '192')).toEqual(['192.168.10.208']);
  expect(await words('drain', '')).toEqual(['node/edge-1']);
  expect(await words('get', 'pools', 'blue', '')).toEqual([]);
});

test('what nobody knows is left to the shell: files', async () => {
  expect(await words('check', '')).toEqual([]);
  expect(await words('run', '-c', '')).toEqual([]);
  expect(await words('nonsense', '')).not.toContain('nonsense');
});

const root = join(import.meta.dir, '../../..');

for (const shell of shells) {
  test(`the script for ${shell} is one that ${shell} reads`, async () => {
    if (Bun.which(shell) === null) {
      console.log(`not run: ${shell} is not installed`);
      return;
    }
    const check = Bun.spawn([shell, '-n'], { stdin: new Blob([completionScripts[shell]]), stderr: 'pipe' });
    expect(await new Response(check.stderr).text()).toBe('');
    expect(await check.exited).toBe(0);
  });
}

test('bash completes with it, at the cursor, and behind colons', async () => {
  if (Bun.which('bash') === null) {
    console.log('not run: bash is not installed');
    return;
  }
  const asked = `lanlord() { if [ "$2" = who-has ]; then printf '2001:db8::1\\tx\\n'; else ${process.execPath} ${root}/src/main.ts "$@"; fi; }`;
  const script = `${asked}
${completionScripts.bash}
try() { COMP_LINE="$1"; COMP_POINT=\${2:-\${#1}}; _lanlord; echo "\${COMPREPLY[*]}"; }
try "lanlord get pools -o j"
try "lanlord config histo and more" 20
try "lanlord who-has 2001:db8:"
`;
  const child = Bun.spawn(['bash', '-c', script], { stdout: 'pipe' });
  expect(await new Response(child.stdout).text()).toBe('json jsonl\nhistory\n:1\n');
});

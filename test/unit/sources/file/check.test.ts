// Offline validation, and how its findings look.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPaths, summarize } from '#sources/file/check.ts';
import { renderProblem, renderProblems } from '#sources/file/render-problem.ts';
import { scratchDirectory } from '../../../support/scratch-directory.ts';

let directory = '';
beforeEach(() => {
  directory = scratchDirectory();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = { file: 'f.yaml', code: 'LL-CFG-014', severity: 'error', scope: 'object', path: '', hint: '' } as const;

describe('checkPaths()', () => {
  test('lists everything by file and line, with snippet, caret and hint', async () => {
    const path = join(directory, 'lanlord');
    mkdirSync(path);
    writeFileSync(
      join(path, '10-pools.yaml'),
      `apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata:
  name: blue
spec:
  blocks:
  - cidr: 192.168.10.0/33
  - {start: 192.168.10.200, stop: 192.168.10.229}
`,
    );
    writeFileSync(
      join(path, '20-policies.yaml'),
      `apiVersion: cilium.io/v2alpha1
kind: CiliumL2AnnouncementPolicy
metadata:
  name: lan
spec:
  interfaces: [ ^eth[0-9]+ ]
  loadBalancerIPs: yes
  serviceSelctor: {}
`,
    );
    writeFileSync(
      join(path, '30-lab.yaml'),
      `apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: lab}
spec:
  blocks:
  - {start: 192.168.10.220, stop: 192.168.10.240}
`,
    );
    const result = await checkPaths([path]);
    expect(`${renderProblems(result.problems, result.texts)}\n`.replaceAll(path, '/etc/lanlord')).toBe(`\
/etc/lanlord/10-pools.yaml:7:11: error[LL-CFG-014]: "192.168.10.0/33" is not a CIDR: IPv4 prefix is 0 to 32
   7 |   - cidr: 192.168.10.0/33
     |           ^^^^^^^^^^^^^^^
/etc/lanlord/20-policies.yaml:6:21: error[LL-CFG-003]: interfaces: "[" starts a nested list here, so the regex is not text
   6 |   interfaces: [ ^eth[0-9]+ ]
     |                     ^
     = quote it: interfaces: ["^eth[0-9]+"]
/etc/lanlord/20-policies.yaml:7:20: warning[LL-CFG-021]: loadBalancerIPs: "yes" is text in YAML 1.2; read as true, as Kubernetes does
   7 |   loadBalancerIPs: yes
     |                    ^^^
     = write: loadBalancerIPs: true
/etc/lanlord/20-policies.yaml:8:3: error[LL-CFG-002]: unknown field spec.serviceSelctor
   8 |   serviceSelctor: {}
     |   ^^^^^^^^^^^^^^
     = did you mean serviceSelector
/etc/lanlord/30-lab.yaml:6:5: error[LL-CFG-031]: pool lab 192.168.10.220-192.168.10.240 overlaps pool blue 192.168.10.200-192.168.10.229
   6 |   - {start: 192.168.10.220, stop: 192.168.10.240}
     |     ^
     = the other one is at /etc/lanlord/10-pools.yaml:8:5; overlap 192.168.10.220-192.168.10.229; lab would hand out nothing
`);
    expect(summarize(result)).toBe('3 files, 3 documents, 4 errors, 1 warning');
  });

  test('a path that is not there is a problem of its own', async () => {
    const result = await checkPaths([join(directory, 'gone')]);
    expect(result.problems).toMatchObject([{ code: 'LL-CFG-036', severity: 'error', line: 1, column: 1 }]);
    expect(summarize(result)).toBe('0 files, 0 documents, 1 error, 0 warnings');
  });

  test("lists the box's own address where a manifest asks for it", async () => {
    const path = join(directory, 'a.yaml');
    writeFileSync(
      path,
      `apiVersion: v1
kind: Service
metadata: {name: a, annotations: {lbipam.cilium.io/ips: "10.0.0.7, FD00::1"}}
---
apiVersion: v1
kind: Service
metadata: {name: b}
spec: {loadBalancerIP: 10.0.0.1}
---
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: p}
spec: {blocks: [{cidr: 10.0.0.0/24}, {cidr: 10.0.0.1/32}]}
`,
    );
    const { problems } = await checkPaths([path], ['10.0.0.1', 'fd00::1']);
    const shown = problems.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
    expect(shown.filter((line) => line.includes('032'))).toEqual([
      '1:1 LL-CFG-032 service default/a asks for FD00::1: that is an address of this box itself',
      '5:1 LL-CFG-032 service default/b asks for 10.0.0.1: that is an address of this box itself',
      '13:38 LL-CFG-032 pool p has no other address: that is an address of this box itself',
    ]);
  });

  test.each(['home.yaml', 'two-boxes.yaml'])('accepts the example %s', async (name) => {
    const result = await checkPaths([join(import.meta.dir, '../../../../config/examples', name)]);
    expect(renderProblems(result.problems, result.texts)).toBe('');
    expect(result.documents).toBeGreaterThan(0);
  });
});

describe('renderProblem()', () => {
  test('shows nothing raw: control and bidirectional characters come out visible', () => {
    const text = 'a: "\u202egpj.exe" # \u009b31m\n';
    const problem = { ...at, line: 1, column: 4, message: 'value \u001b[2J' };
    expect(renderProblem(problem, text)).toBe(
      'f.yaml:1:4: error[LL-CFG-014]: value \\u{1b}[2J\n   1 | a: "\\u{202e}gpj.exe" # \\u{9b}31m\n     |    ^^^^^^^^^^^^^^^^^',
    );
  });

  test('a tab, and characters that are two cells wide, do not shift the caret', () => {
    const snippet = (text: string, column: number) =>
      renderProblem({ ...at, line: 1, column, message: 'm' }, text)
        .split('\n')
        .slice(1);
    expect(snippet('\t\tkey: bad', 8)).toEqual(['   1 |         key: bad', '     |              ^^^']);
    expect(snippet('名前: bad', 5)).toEqual(['   1 | 名前: bad', '     |       ^^^']);
    expect(snippet('  \tkey: 1', 3)).toEqual(['   1 |       key: 1', '     |   ^^^^']);
  });

  test('cuts long lines around the column', () => {
    const text = `${'a'.repeat(5000)}: bad\n`;
    const lines = renderProblem({ ...at, line: 1, column: 5003, message: 'm' }, text).split('\n');
    expect(lines[1]?.length).toBeLessThan(140);
    expect(lines[1]?.endsWith(': bad')).toBe(true);
    expect(lines[2]?.indexOf('^')).toBe(lines[1]?.indexOf('bad') ?? -2);
  });

  test('does without a snippet where there is no text or no such line', () => {
    const problem = { ...at, line: 3, column: 1, message: 'm', hint: 'h' };
    expect(renderProblem(problem, undefined)).toBe('f.yaml:3:1: error[LL-CFG-014]: m\n     = h');
    expect(renderProblem(problem, 'one\n')).toBe('f.yaml:3:1: error[LL-CFG-014]: m\n     = h');
  });
});

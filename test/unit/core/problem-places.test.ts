// Problems that a file makes begin with its place.
import { describe, expect, test } from 'bun:test';
import { type ManifestPlaces, withPlaces } from '#core/problem-places.ts';
import { runningProblems } from '#core/problems.ts';
import type { ConfigProblem, RunningProblem } from '#model/problem.ts';
import { inputs, pool, service } from '../../support/objects.ts';

const file = '/etc/lanlord/pools.yaml';
const at = (line: number, column = 1) => ({ file, line, column });
const fields = new Map([
  ['spec', at(6, 3)],
  ['spec.blocks', at(7, 3)],
  ['spec.blocks[0].cidr', at(7, 11)],
]);
const blue = { ...pool('blue'), position: at(3), fields };
const red = { ...pool('red'), position: at(9), fields: new Map([['spec', at(12, 3)]]) };
const web = { ...service('default/web'), position: at(20) };

const fault: ConfigProblem = {
  ...at(7, 11),
  code: 'LL-CFG-014',
  severity: 'error',
  scope: 'object',
  path: 'spec.blocks[0].cidr',
  message: 'bad',
  hint: '',
};

const places: ManifestPlaces = {
  inputs: inputs({ pools: [blue, red], services: [web] }),
  configProblems: [fault],
  settingPlaces: new Map([['election.mode', { file: '/etc/lanlord/node.yaml', line: 4, column: 19 }]]),
};

function messageOf(code: string, object: string): string | undefined {
  const problem: RunningProblem = { code, severity: 'warning', object, message: 'It is wrong', hint: '' };
  return withPlaces([problem], places)[0]?.message;
}

describe('withPlaces()', () => {
  test('an invalid pool has the place of what is wrong in it', () => {
    expect(messageOf('INVALID', 'pool/blue')).toBe(`${file}:7:11: It is wrong`);
  });

  test('without a mistake on its lines it has the place where the object begins', () => {
    expect(messageOf('OVERLAP', 'pool/red')).toBe(`${file}:9:1: It is wrong`);
    expect(messageOf('NOTE', 'svc/default/web')).toBe(`${file}:20:1: It is wrong`);
  });

  test('a setting has the place where it is written, and none when nobody wrote it', () => {
    expect(messageOf('ELECTION', 'config/election')).toBe('/etc/lanlord/node.yaml:4:19: It is wrong');
    expect(messageOf('FULL', 'interface/eth0')).toBe('It is wrong');
  });

  test('problems of the world have none, also about an object of a file', () => {
    for (const code of ['POOL', 'PEND', 'DUP']) expect(messageOf(code, 'pool/blue')).toBe('It is wrong');
    expect(messageOf('INVALID', 'pool/unknown')).toBe('It is wrong');
  });
});

const nothing = {
  snapshot: null,
  links: [],
  refused: null,
  generation: 4,
  stateFault: null,
  stateDamage: null,
  paths: ['/etc/lanlord'],
  deliveryFaults: [],
  bug: null,
};

test('STALE-CFG begins with place, severity and code of the first mistake, as check says it', () => {
  const [stale] = runningProblems({ ...nothing, refused: { problems: [fault, fault], vanished: false } });
  expect(stale).toMatchObject({ code: 'STALE-CFG', hint: 'lanlord check /etc/lanlord' });
  expect(stale?.message).toBe(
    `${file}:7:11: error[LL-CFG-014]: bad (and 1 more); the configuration on disk is refused, generation 4 goes on running`,
  );
});

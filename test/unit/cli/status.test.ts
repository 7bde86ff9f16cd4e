// Status on one line and on several.
import { describe, expect, test } from 'bun:test';
import { glyphs } from '#cli/glyphs.ts';
import { briefText, statusText } from '#cli/status.ts';
import { problemLines } from '#cli/status-problems.ts';
import { statusAnswer } from '#control/answers.ts';
import type { ProblemItem } from '#control/list-items.ts';
import { daemonView } from '../../support/daemon-view.ts';

const signs = glyphs(false, {});
const brief = (more: Parameters<typeof daemonView>[0]) => briefText(statusAnswer(daemonView(more), '/run/a.sock'));

describe('briefText()', () => {
  test('says whether the files on disk are what runs', () => {
    expect(brief({})).toContain(' config=17/ok ');
    expect(brief({ isDiskNewer: true })).toContain(' config=17/changed ');
    expect(brief({ configValid: false })).toContain(' config=17/stale ');
    expect(brief({ configValid: false, isDiskNewer: true })).toContain(' config=17/stale ');
  });

  test('agrees with the line of many lines', () => {
    const long = statusText(statusAnswer(daemonView({ isDiskNewer: true }), '/run/a.sock'), signs);
    expect(long).toContain('disk: CHANGED');
  });
});

function problem(code: string, object: string, severity: ProblemItem['severity'] = 'warning'): ProblemItem {
  return { code, severity, object, message: `${object} is bad`, since: '2026-11-23T03:07:21.000Z', hint: 'do it' };
}

describe('problemLines()', () => {
  test('up to three of one kind are told one by one', () => {
    const three = ['svc/a/x', 'svc/a/y', 'svc/a/z'].map((object) => problem('PEND', object));
    expect(problemLines(three, signs)).toEqual(three.flatMap(({ message }) => [`▲ PEND  ${message}`, '    do it']));
  });

  test('more of one kind are one problem: how many, some names, the first message, and the list', () => {
    const many = Array.from({ length: 50 }, (_, i) => problem('NOBODY', `ip/192.0.2.${i}`, 'critical'));
    expect(problemLines(many, signs)).toEqual([
      '‼ NOBODY 50 of them: 192.0.2.0, 192.0.2.1, 192.0.2.2 and 47 more; the first: ip/192.0.2.0 is bad',
      "    lanlord get problems --filter 'code:NOBODY'",
    ]);
  });

  test('kinds keep their rank, and the same code of another severity is another kind', () => {
    const mixed = [
      problem('DUP', 'ip/192.0.2.1', 'critical'),
      ...Array.from({ length: 4 }, (_, i) => problem('PEND', `svc/a/s${i}`)),
      problem('DUP', 'ip/192.0.2.2', 'warning'),
    ];
    const heads = problemLines(mixed, signs).filter((line) => !line.startsWith(' '));
    expect(heads.map((line) => line.slice(0, 12).trim())).toEqual(['‼ DUP   ip/1', '▲ PEND  4 of', '▲ DUP   ip/1']);
  });

  test('what the list leaves out counts', () => {
    const listed = Array.from({ length: 1000 }, (_, i) => problem('PEND', `svc/a/s${i}`));
    const more = { ...problem('PEND', 'more'), message: '99000 more of this kind' };
    expect(problemLines([...listed, more], signs)[0]).toContain('100000 of them: a/s0, a/s1, a/s2 and 99997 more');
  });
});

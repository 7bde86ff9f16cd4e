// The counts that `npm run ok` and `npm test` report.
import { expect, test } from 'bun:test';
import { judgeConformance } from '../../../scripts/conformance.ts';
import { judgeDeno } from '../../../scripts/deno.ts';
import { afterSecond, judge } from '../../../scripts/suite.ts';

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="4" assertions="2" failures="1" skipped="2" time="0.02">
  <testsuite name="a.test.ts" tests="4" failures="1" skipped="2">
    <testcase name="a" file="a.test.ts" line="2" assertions="1" />
    <testcase name="b &amp; why" file="a.test.ts" line="3">
      <skipped />
    </testcase>
    <testcase name="later" file="a.test.ts" line="5">
      <skipped message="TODO" />
    </testcase>
    <testcase name="c" file="a.test.ts" line="4"><failure type="AssertionError" message="x &lt;1&gt;&#10;y">y</failure></testcase>
  </testsuite>
</testsuites>`;

const failure = { file: 'a.test.ts', name: 'c', message: 'x <1>\ny' };

test('judge() reads the counts, the names of skipped tests, and what failed where', () => {
  expect(judge(1, report)).toEqual({
    ok: false,
    passed: 1,
    failed: 1,
    skipped: 2,
    skippedNames: ['b & why', 'later'],
    failures: [failure],
  });
});

test('a second run that passes leaves the failure as unsteady, by name', () => {
  const first = judge(1, report);
  const second = judge(0, '<testsuites tests="2" failures="0" skipped="0">');
  expect(afterSecond(first, second)).toMatchObject({
    ok: true,
    passed: 2,
    failed: 0,
    failures: [],
    unsteady: [failure],
  });
});

test('a second run that fails as well is a failure, also when its runner crashed', () => {
  const first = judge(1, report);
  expect(afterSecond(first, first)).toMatchObject({ ok: false, passed: 1, failed: 1, unsteady: [] });
  expect(afterSecond(first, judge(132, ''))).toMatchObject({ ok: false, passed: 1, failed: 1, unsteady: [] });
});

test('judge() counts a crash without a failed test as one failure', () => {
  expect(judge(1, report.replace('failures="1"', 'failures="0"'))).toMatchObject({ ok: false, failed: 1 });
  expect(judge(132, '')).toMatchObject({ ok: false, passed: 0, failed: 1 });
});

test('judge() accepts a round in which everything passed', () => {
  expect(judge(0, '<testsuites tests="3" failures="0" skipped="0">')).toMatchObject({ ok: true, passed: 3, failed: 0 });
});

test('judgeConformance() takes the closing count and insists on one', () => {
  expect(judgeConformance(0, 'x\n193 passed, 0 failed, 2 skipped\n')).toMatchObject({
    ok: true,
    passed: 193,
    skipped: 2,
  });
  expect(judgeConformance(1, '190 passed, 3 failed, 0 skipped\n')).toMatchObject({ ok: false, failed: 3 });
  expect(judgeConformance(0, 'nothing')).toMatchObject({ ok: false, failed: 1 });
});

test('judgeDeno() reads the closing line and the names of ignored tests', () => {
  const text =
    'reads a file ... ok (1ms)\nopens lo, needs root ... ignored (0ms)\n\nok | 37 passed | 0 failed | 1 ignored (35s)\n';
  expect(judgeDeno(0, text)).toEqual({
    ok: true,
    passed: 37,
    failed: 0,
    skipped: 1,
    skippedNames: ['opens lo, needs root'],
  });
  expect(judgeDeno(1, 'FAILED | 37 passed | 1 failed (35s)')).toMatchObject({ ok: false, passed: 37, failed: 1 });
  expect(judgeDeno(1, 'error: cannot resolve')).toMatchObject({ ok: false, failed: 1 });
});

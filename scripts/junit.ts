// Reads the JUnit report of `bun test`: counts, what was skipped, and what failed, where and with which words.

export interface Failure {
  /** Empty where the report names none. */
  file: string;
  name: string;
  /** The first lines of what was said. */
  message: string;
}

export interface Report {
  total: number;
  failed: number;
  skipped: number;
  /** Names of the skipped tests; each says its reason. */
  skippedNames: string[];
  failures: Failure[];
}

const messageLimit = 400;

/** An empty or broken report has no tests. */
export function readJunit(xml: string): Report {
  const head = /<testsuites\b[^>]*>/.exec(xml)?.[0] ?? '';
  const skippedNames: string[] = [];
  const failures: Failure[] = [];
  for (const [, testcase = '', outcome, rest = ''] of xml.matchAll(
    /<testcase\b([^>]*[^/])>\s*<(skipped|failure|error)\b([^>]*)>/g,
  )) {
    const name = text(testcase, 'name');
    if (outcome === 'skipped') skippedNames.push(name);
    else failures.push({ file: text(testcase, 'file'), name, message: text(rest, 'message').slice(0, messageLimit) });
  }
  return {
    total: count(head, 'tests'),
    failed: count(head, 'failures'),
    skipped: count(head, 'skipped'),
    skippedNames,
    failures,
  };
}

function count(tag: string, name: string): number {
  return Number(text(tag, name)) || 0;
}

function text(tag: string, name: string): string {
  return unescapeXml(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

function unescapeXml(escaped: string): string {
  return escaped
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&#10;', '\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

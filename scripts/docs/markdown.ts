// The little Markdown that generated pages need.

/** First line of every generated page, so that nobody edits it by hand. */
export const notice = '<!-- Made by `npm run docs` from the sources: changes made here are lost. -->';

export function code(text: string): string {
  return `\`${text}\``;
}

/** Cells keep their meaning whatever is in them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

export function fence(lines: readonly string[]): string {
  return ['```', ...lines, '```'].join('\n');
}

/** Paragraphs of a page. */
export function page(...parts: readonly string[]): string {
  return `${[notice, ...parts].join('\n\n')}\n`;
}

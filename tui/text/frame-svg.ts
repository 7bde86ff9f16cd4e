// A frame as a picture: every cell in its place, whatever font shows it.
import { cellWidth } from './cell-text.ts';
import type { Line } from './line.ts';
import type { Theme } from './theme.ts';

export interface Palette {
  readonly background: string;
  readonly foreground: string;
  /** The sixteen colors of a terminal, in its order: black, red, green, yellow, blue, magenta, cyan, white, then bright. */
  readonly colors: readonly string[];
}

export const palettes = {
  light: {
    background: '#ffffff',
    foreground: '#24292f',
    colors: [
      ...['#24292f', '#b3261e', '#116329', '#7d4e00', '#0550ae', '#8250df', '#1b6a78', '#6e7781'],
      ...['#6b7280', '#a40e26', '#1a7f37', '#633c01', '#218bff', '#a475f9', '#3192aa', '#8c959f'],
    ],
  },
  dark: {
    background: '#0d1117',
    foreground: '#e6edf3',
    colors: [
      ...['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'],
      ...['#8b949e', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#ffffff'],
    ],
  },
} as const satisfies Record<string, Palette>;

const cell = { width: 8, height: 17, baseline: 13 };
const margin = 8;

interface Style {
  readonly bold: boolean;
  readonly reverse: boolean;
  readonly color: string | null;
}

/** What faint text looks like in a picture: bright black. */
const faintColor = 90;

/** What parameters of SGR mean here. Colors beyond the sixteen are shown plainly: no theme of a picture has them. */
function styleOf(parameters: string, palette: Palette): Style {
  const numbers = parameters.split(';').map(Number);
  const named = numbers.find((number) => (number >= 30 && number <= 37) || (number >= 90 && number <= 97));
  const color = named ?? (numbers.includes(2) ? faintColor : undefined);
  const index = color === undefined ? -1 : color >= 90 ? color - 82 : color - 30;
  return { bold: numbers.includes(1), reverse: numbers.includes(7), color: palette.colors[index] ?? null };
}

/** @param title what the picture shows, for those who cannot see it */
export function frameSvg(title: string, lines: readonly Line[], theme: Theme, palette: Palette): string {
  const columns = Math.max(0, ...lines.map((line) => line.reduce((sum, { text }) => sum + cellWidth(text), 0)));
  const width = columns * cell.width + 2 * margin;
  const height = lines.length * cell.height + 2 * margin;
  const body = lines.flatMap((line, row) => lineElements(line, margin + row * cell.height, theme, palette));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="6" fill="${palette.background}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="13" fill="${palette.foreground}" xml:space="preserve">`,
    ...body,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function lineElements(line: Line, y: number, theme: Theme, palette: Palette): readonly string[] {
  const elements: string[] = [];
  let column = 0;
  for (const { text, style } of line) {
    const width = cellWidth(text);
    const look = styleOf(style === undefined ? '' : theme[style], palette);
    const x = margin + column * cell.width;
    column += width;
    if (look.reverse) {
      const size = `width="${width * cell.width}" height="${cell.height}"`;
      elements.push(`<rect x="${x}" y="${y}" ${size} fill="${look.color ?? palette.foreground}"/>`);
    }
    const fill = look.reverse ? palette.background : look.color;
    elements.push(
      ...textElements(
        text,
        x,
        y + cell.baseline,
        `${look.bold ? ' font-weight="bold"' : ''}${fill === null ? '' : ` fill="${fill}"`}`,
      ),
    );
  }
  return elements;
}

/** One element for each word: a font with other widths moves nothing by more than a word. */
function textElements(text: string, x: number, y: number, attributes: string): readonly string[] {
  return [...text.matchAll(/[^ ]+/g)].map((match) => {
    const from = x + cellWidth(text.slice(0, match.index)) * cell.width;
    const length = cellWidth(match[0]) * cell.width;
    return `<text x="${from}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${attributes}>${escaped(match[0])}</text>`;
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

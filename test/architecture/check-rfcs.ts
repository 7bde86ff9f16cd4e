// Holds citations of RFC sections against the list of sections with their titles.
import { type RfcSection, rfcSections } from './rfc-sections.ts';

interface Citation {
  where: string;
  rfc: number;
  section: string;
}

const citation = /\bRFC[ -]?(\d{3,5})((?:(?:,| and|,? or)?\s*§{1,2}\s*[\d.]*\d(?:\s*[–-]\s*§?[\d.]*\d)?)*)/g;

/** Every `RFC NNNN §x.y`; `§2.1, §2.3` are two, `§2.1–2.4` its two ends, no `§` the RFC as a whole (section ''). */
export function citationsIn(path: string, text: string): Citation[] {
  return [...text.matchAll(citation)].flatMap((match) => {
    const line = text.slice(0, match.index).split('\n').length;
    const sections = (match[2] ?? '').match(/\d+(?:\.\d+)*/g) ?? [''];
    return sections.map((section) => ({ where: `${path}:${line}`, rfc: Number(match[1]), section }));
  });
}

function isCited(row: RfcSection, citations: readonly Citation[]): boolean {
  return citations.some(({ rfc, section }) => rfc === row.rfc && section === row.section);
}

/** Citations that no row has. A whole RFC needs any row of it. */
export function unknownCitations(citations: readonly Citation[], rows = rfcSections): string[] {
  return citations
    .filter(({ rfc, section }) => !rows.some((row) => row.rfc === rfc && (section === '' || row.section === section)))
    .map(({ where, rfc, section }) => {
      const what = section === '' ? `RFC ${rfc}` : `RFC ${rfc} §${section}`;
      return `${where}: ${what} has no row in test/architecture/rfc-sections.ts (look its title up, then add it)`;
    });
}

/** Rows that nothing cites. */
export function uncitedRows(citations: readonly Citation[], rows = rfcSections): string[] {
  return rows
    .filter((row) => !isCited(row, citations))
    .map(({ rfc, section }) => {
      const what = section === '' ? `RFC ${rfc}` : `RFC ${rfc} §${section}`;
      return `${what}: nothing cites it any more, remove its row from test/architecture/rfc-sections.ts`;
    });
}

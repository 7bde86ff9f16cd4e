// Sizes and names of files.
import type { ProjectFile } from './project-files.ts';

/** A file that grows past this has two subjects. */
export const maximumLines = 250;

const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.d)?\.tsx?$/;
const sayingNothing = /^(?:utils?|helpers?|common|managers?)$/;

export function shapeFaults(files: readonly ProjectFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const name = path.split('/').at(-1) ?? '';
    const lines = text.replace(/\n$/, '').split('\n').length;
    const faults: string[] = [];
    if (lines > maximumLines) faults.push(`${path}: ${lines} lines, at most ${maximumLines}`);
    if (!kebabCase.test(name)) faults.push(`${path}: file names are kebab-case`);
    if (path.startsWith('src/') && /^index\.tsx?$/.test(name)) faults.push(`${path}: index files hide the real edge`);
    const words = path.replace(/\.tsx?$/, '').split(/[/-]/);
    const empty = words.find((word) => sayingNothing.test(word));
    if (empty !== undefined) faults.push(`${path}: "${empty}" says nothing about what is inside`);
    return faults;
  });
}

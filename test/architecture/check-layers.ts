// Holds the imports of the product against the layer table.
import { type Import, importsOf, isBuiltin, packageOf } from './imports.ts';
import { entries, type Layer, layerOf, layers, ownedBuiltins } from './layers.ts';
import type { ProjectFile } from './project-files.ts';

/** One sentence per import that the table does not allow, and per file without a layer. */
export function layerFaults(files: readonly ProjectFile[]): string[] {
  return files.flatMap((file) => {
    const name = layerOf(file.path);
    if (name === undefined) return [`${file.path}: belongs to no layer (see docs/architecture.md, "Layout")`];
    return importsOf(file).flatMap((edge) => {
      const fault = edgeFault(edge, name);
      return fault === undefined ? [] : [`${edge.from}:${edge.line}: ${fault}`];
    });
  });
}

function edgeFault(edge: Import, from: string): string | undefined {
  if (edge.kind === 'computed') return 'imports a computed path, which no check can follow';
  if (edge.target === undefined) return from === 'entry' ? undefined : externalFault(edge.specifier, from);
  if (entries.includes(edge.target)) return entryFault(edge);
  if (edge.kind === 'worker')
    return /\.tsx?$/.test(edge.target) ? `starts ${edge.target}, which is no entry` : undefined;
  const to = layerOf(edge.target);
  if (to === undefined) {
    return edge.target === 'package.json' && from === 'entry'
      ? undefined
      : `imports ${edge.target}, which has no layer`;
  }
  if (from === 'entry' || from === to) return undefined;
  if (!tableRow(from).mayImport.includes(to)) return `layer "${from}" may not import "${to}" (${edge.specifier})`;
  if (from === 'ports' && !edge.typeOnly) return `"ports" may import types only (${edge.specifier})`;
  return undefined;
}

function entryFault(edge: Import): string | undefined {
  const byMain = edge.from === 'src/main.ts' && edge.kind === 'dynamic';
  return byMain || edge.kind === 'worker' ? undefined : `imports the entry ${edge.target}`;
}

function externalFault(specifier: string, from: string): string | undefined {
  const layer = tableRow(from);
  if (!isBuiltin(specifier)) {
    const name = packageOf(specifier);
    return layer.packages.includes(name) ? undefined : `layer "${from}" may not import the package "${name}"`;
  }
  const owner = ownedBuiltins.get(specifier);
  if (owner !== undefined && owner !== from) return `only layer "${owner}" may import "${specifier}"`;
  return layer.builtins === 'any' ? undefined : `layer "${from}" may not import "${specifier}"`;
}

function tableRow(name: string): Layer {
  const row = layers.find((layer) => layer.name === name);
  if (row === undefined) throw new Error(`no layer "${name}"`);
  return row;
}

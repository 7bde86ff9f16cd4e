// `npm run docs`: writes the reference pages anew from the tables that the product uses.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from './docs/pages.ts';
import { root } from './suite.ts';

for (const [path, text] of generatedPages()) {
  writeFileSync(join(root, path), text);
  console.log(path);
}

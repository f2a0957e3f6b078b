/** Runs the programs of docs/sdk.md and writes what they print into its table: `npm run build && npx jiti docs/sdk-build.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { PAGE, runPrograms, tableOf, withTable } from '../test/sdk/programs.ts';

writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), tableOf(await runPrograms())));

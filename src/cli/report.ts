/** `ratelab report`: the report again, from a results file. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { buildReport } from '../report/model.ts';
import { renderTerminal } from '../report/terminal.ts';
import { writeReport } from '../report/write-report.ts';
import { checkWritable, readResults } from './files.ts';
import type { CommandContext } from './program.ts';

/** Options and action. */
export function setUpReport(command: Command, { io }: CommandContext): void {
  command
    .option(
      '--out <folder>',
      'write report.html, report.md and charts there; without it the terminal report is printed',
    )
    .action(async (path: string, options: { out?: string }) => {
      const results = await readResults(path, io.cwd);
      if (options.out === undefined) {
        const { columns, colour } = io.stdout;
        return io.stdout.write(renderTerminal(buildReport(results), { columns, colour, unicode: io.unicode }));
      }
      const out = resolve(io.cwd, options.out);
      await checkWritable(out, options.out);
      await writeReport(results, out);
      io.stderr.write(`Wrote ${options.out}: report.html, report.md, charts\n`);
    });
}

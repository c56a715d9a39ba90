// Whether anything stays behind: node --expose-gc test/torture/fuzz-memory.ts [answers per round]
import { fuzz } from './fuzz/fuzz.ts';
import { PROVIDERS } from './vendor.ts';

const ROUNDS = 6;
const answersPerRound = Number(process.argv[2] ?? 20_000);
const { gc } = globalThis;
if (gc === undefined) throw new Error('Run it with node --expose-gc.');

const rows: Record<string, number>[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  let answers = 0;
  for (const provider of PROVIDERS) {
    const report = await fuzz({ provider, seed: 1 + round * 1_000_003, answers: answersPerRound });
    if (report.failure !== undefined) throw new Error(report.failure);
    answers += report.answers;
  }
  await gc({ type: 'major', execution: 'async' });
  await gc({ type: 'major', execution: 'async' });
  const { heapUsed, external, rss } = process.memoryUsage();
  const mb = (bytes: number) => Math.round(bytes / 10_485.76) / 100;
  rows.push({ round, answers, 'heap MB': mb(heapUsed), 'external MB': mb(external), 'rss MB': mb(rss) });
}
process.stdout.write(`${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);

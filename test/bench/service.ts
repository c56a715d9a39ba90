import { measureOverhead } from './service-overhead.ts';
import { measureQueue } from './service-queue.ts';
import { textTable } from './text-table.ts';

/** The sandbox as a service: what it adds to a request, and whether its memory stays flat while a long queue empties. */
export async function benchService() {
  const overhead = await measureOverhead();
  console.log(`\nThe sandbox per request, beside a bare server (Node ${process.versions.node})`);
  console.log(
    textTable(
      ['call', 'µs a request', 'times bare', 'requests/s, 16 connections'],
      overhead.map(({ call, microseconds, ratio, requestsPerSecond }) =>
        [call, microseconds, ratio, requestsPerSecond].map(String),
      ),
    ),
  );

  const queue = await measureQueue();
  const { jobs, cores, engine, seconds, growth, curve } = queue;
  console.log(`\n${jobs} jobs queued at once on ${cores} cores (${engine}): all complete after ${seconds} s`);
  console.log(
    textTable(
      ['jobs done', 'process, MB', 'heap, MB'],
      curve.map(({ jobsDone, rssMb, heapMb }) => [jobsDone, rssMb, heapMb].map(String)),
    ),
  );
  console.log(`Last quarter over the second: ${growth}`);
  return { overhead, queue };
}

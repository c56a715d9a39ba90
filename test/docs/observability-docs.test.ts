import { readFileSync } from 'node:fs';
import { createAccountRegistry, createRenderClient, type MetricMeter, recordMetrics } from '@renderq/core';
import { expect, it } from 'vitest';

/** Name, kind and unit of every instrument that recordMetrics asks a meter for. */
function instruments(): readonly string[] {
  const made: string[] = [];
  const make = (kind: string) => (name: string, options: { readonly unit: string }) => {
    made.push(`${name} ${kind} ${options.unit}`);
    return { add: () => undefined, record: () => undefined };
  };
  const meter: MetricMeter<object> = {
    createCounter: make('counter'),
    createHistogram: make('histogram'),
    createObservableGauge: make('gauge'),
    addBatchObservableCallback: () => undefined,
    removeBatchObservableCallback: () => undefined,
  };
  const clock = { now: () => 0, sleep: () => new Promise<void>(() => undefined) };
  const unused = () => expect.unreachable();
  const ports = { transport: unused, clock, random: () => 0, lanes: () => ({ run: unused, waiting: 0 }) };
  recordMetrics(
    createRenderClient({ provider: 'phantomflow', apiKey: 've_test_1' }, ports, createAccountRegistry()),
    meter,
  );
  return made;
}

it('docs/observability.md lists every instrument with its kind and unit, and no other', () => {
  const page = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(renderq\.[\w.]+)`\s*\| (\w+)\s*\| `([^`]+)`/gm)];
  expect(rows.map(([, name, kind, unit]) => `${name} ${kind} ${unit}`).sort()).toEqual([...instruments()].sort());
});

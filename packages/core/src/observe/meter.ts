/** Attributes of one measurement. Every value comes from a closed set, so that a backend keeps few time series. */
export type MetricAttributes = Readonly<Record<string, string>>;

export interface MetricInstrumentOptions {
  readonly description: string;
  /** UCUM, as OpenTelemetry asks for: `s`, or a count in braces such as `{request}`. */
  readonly unit: string;
  readonly advice?: { explicitBucketBoundaries?: number[] };
}

export interface MetricCounter {
  add(value: number, attributes?: MetricAttributes): void;
}

export interface MetricHistogram {
  record(value: number, attributes?: MetricAttributes): void;
}

/** What a collection hands to the callback that tells the gauges. */
export interface MetricObservation<Gauge> {
  observe(gauge: Gauge, value: number, attributes?: MetricAttributes): void;
}

/**
 * The part of `Meter` of `@opentelemetry/api` 1.3 and newer that metrics are recorded through. Structural, so that a real
 * meter fits and this package depends on nothing.
 *
 * @typeParam Gauge The meter's own observable gauge.
 */
export interface MetricMeter<Gauge> {
  createCounter(name: string, options: MetricInstrumentOptions): MetricCounter;
  createHistogram(name: string, options: MetricInstrumentOptions): MetricHistogram;
  createObservableGauge(name: string, options: MetricInstrumentOptions): Gauge;
  addBatchObservableCallback(callback: (observation: MetricObservation<Gauge>) => void, gauges: Gauge[]): void;
  removeBatchObservableCallback(callback: (observation: MetricObservation<Gauge>) => void, gauges: Gauge[]): void;
}

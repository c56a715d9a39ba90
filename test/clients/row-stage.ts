import type { Target } from './caller.ts';
import { startHttpServer } from './http-server.ts';
import { startRowVendor, type VendorRow } from './row-vendor.ts';
import { freshHome, stdioServer } from './stage.ts';
import { PROVIDERS } from './vendor-dialects.ts';

export type Transport = 'stdio' | 'http';

export interface RowStage {
  /** Acts on the server in front of the row vendors; over HTTP it runs as long as the act does. */
  withServer(
    transport: Transport,
    settings: Readonly<Record<string, string>>,
    act: (target: Target) => Promise<void>,
  ): Promise<void>;
}

/** Runs a test in front of vendors that answer with whatever row a request names, in a data folder of its own. */
export async function onRowStage(rows: readonly VendorRow[], act: (stage: RowStage) => Promise<void>): Promise<void> {
  const { home, remove } = freshHome();
  const vendors = await Promise.all(PROVIDERS.map((provider) => startRowVendor(provider, rows)));
  const [rendobar, phantomflow] = vendors.map(({ url }) => url);
  const urls = { RENDOBAR_BASE_URL: rendobar ?? '', PHANTOMFLOW_BASE_URL: phantomflow ?? '' };

  const withServer: RowStage['withServer'] = async (transport, settings, actOn) => {
    if (transport === 'stdio') return actOn(stdioServer(home, { ...urls, ...settings }));
    const server = await startHttpServer(home, { ...urls, ...settings });
    try {
      await actOn({ url: server.url });
    } finally {
      await server.stop();
    }
  };

  try {
    await act({ withServer });
  } finally {
    await Promise.all(vendors.map((vendor) => vendor.close()));
    await remove();
  }
}

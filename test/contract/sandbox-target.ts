import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sandbox } from '@renderq/sandbox';
import {
  type Answer,
  keyHeader,
  type ReceivedPost,
  type Receiver,
  type SandboxTarget,
  send,
  type Vendor,
} from './target.ts';

const KEY_FORMS = { rendobar: 'rb_sandbox', phantomflow: 've_test' } as const;

/** One vendor of a running sandbox. `close` ends the receivers. */
export function sandboxTarget(sandbox: Sandbox, vendor: Vendor): SandboxTarget & { close(): void } {
  const baseUrl = vendor === 'rendobar' ? sandbox.rendobarUrl : sandbox.phantomflowUrl;
  const ownKey = sandbox.keys[vendor];
  const servers: Server[] = [];

  async function control(path: string, body?: unknown, method?: string): Promise<Answer> {
    const options = { ...(body === undefined ? {} : { body }), ...(method === undefined ? {} : { method }) };
    const answer = await send(`${sandbox.url}/_sandbox${path}`, options, {});
    if (answer.status >= 400) throw new Error(`The control plane refused ${path}: ${answer.text}`);
    return answer;
  }

  return {
    call: (path, options = {}) =>
      send(`${baseUrl}${path}`, options, keyHeader(vendor, options.key === undefined ? ownKey : options.key)),
    open: (url, options = {}) => send(url, options, {}),
    keyOn: (plan) => `${KEY_FORMS[vendor]}_${plan}`,
    control,
    advance: async (advanceMs) => void (await control('/clock', { advanceMs })),
    setAccount: (change, key = ownKey) => control('/account', { key, ...change }, 'PUT'),
    async receiver() {
      const posts: ReceivedPost[] = [];
      const statuses: number[] = [];
      const server = createServer(async (incoming, answer) => {
        let text = '';
        for await (const chunk of incoming) text += chunk;
        posts.push({ headers: incoming.headers as ReceivedPost['headers'], text });
        answer.writeHead(statuses.shift() ?? 200).end();
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const receiver: Receiver = {
        url: `http://127.0.0.1:${port}/hook`,
        posts,
        answer: (...next) => void statuses.push(...next),
      };
      return receiver;
    },
    close() {
      for (const server of servers.splice(0)) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

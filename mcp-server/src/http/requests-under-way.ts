/** Counts what is still being answered, so that a server that stops can wait for it. */
export interface RequestsUnderWay {
  readonly count: number;
  /** Marks one more; call what comes back when it is over. */
  begin(): () => void;
  /** Resolves when none is left. */
  idle(): Promise<void>;
}

export function createRequestsUnderWay(): RequestsUnderWay {
  let count = 0;
  let waiting = Promise.withResolvers<void>();
  return {
    get count() {
      return count;
    },
    begin() {
      count += 1;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        count -= 1;
        if (count > 0) return;
        waiting.resolve();
        waiting = Promise.withResolvers();
      };
    },
    idle: () => (count === 0 ? Promise.resolve() : waiting.promise),
  };
}

/** The same answer, with `over` called when it has been read to its end, has broken, or its reader has gone. */
export function whenAnswered(response: Response, over: () => void): Response {
  const { body, status, statusText, headers } = response;
  if (body === null) {
    over();
    return response;
  }
  const reader = body.getReader();
  const monitored = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        over();
        controller.close();
      } catch (fault) {
        over();
        controller.error(fault);
      }
    },
    cancel(reason) {
      over();
      return reader.cancel(reason);
    },
  });
  return new Response(monitored, { status, statusText, headers });
}

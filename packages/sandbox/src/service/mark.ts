/** On every answer and every webhook, so that nobody takes the sandbox for the vendor. */
export const SANDBOX_HEADER = 'x-renderq-sandbox';

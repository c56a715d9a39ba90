import { TRANSPORT_FAULTS, WEBHOOK_FAULTS } from '../service/fault-rule.ts';
import type { CodeInWords, EffectGroup } from './client/page-state.ts';
import { OUTPUT_WORDS, TRANSPORT_WORDS, WEBHOOK_WORDS } from './describe-fault.ts';

/** The faults that the page offers for one provider, each with the `do` of its rule. */
export function faultMenu(
  answers: readonly CodeInWords[],
  jobCodes: readonly string[],
  signsWebhooks: boolean,
): readonly EffectGroup[] {
  const webhooks = WEBHOOK_FAULTS.filter((kind) => kind !== 'rotate' || signsWebhooks);
  return [
    {
      label: 'The call is answered with',
      effects: answers.map(({ code, status, words }) => ({ label: `${code} (${status})`, words, action: { code } })),
    },
    {
      label: 'The connection misbehaves',
      effects: TRANSPORT_FAULTS.map((transport) => ({
        label: TRANSPORT_WORDS[transport],
        words: 'Clients must tell this from an answer of the vendor.',
        action: { transport },
      })),
    },
    {
      label: 'The job is accepted, and fails with',
      effects: jobCodes.map((job) => ({
        label: `job: ${job}`,
        words: 'The call succeeds; the job that it creates ends with this code.',
        action: { job },
      })),
    },
    {
      label: 'The job never ends',
      effects: [
        {
          label: 'job stays waiting',
          words: 'It gets no slot until it is cancelled or the sandbox is reset.',
          action: { hang: 'waiting' },
        },
        {
          label: 'job stays running',
          words: 'It stops at 40 % and holds its slot until it is cancelled or the sandbox is reset.',
          action: { hang: 'running', progress: 0.4 },
        },
      ],
    },
    {
      label: 'The job completes in vain',
      effects: (['expired', 'gone'] as const).map((output) => ({
        label: OUTPUT_WORDS[output],
        words: 'The job is complete and paid for, and nobody can fetch what it made.',
        action: { output },
      })),
    },
    {
      label: 'The webhook',
      effects: webhooks.map((webhook) => ({
        label: WEBHOOK_WORDS[webhook],
        words: 'For a job that names a receiver; the path above does not count.',
        action: { webhook },
        isForWebhooks: true,
      })),
    },
  ];
}

import { announce } from './announce.ts';
import { byId, element, setText, show } from './dom.ts';
import type { About, Effect, EffectGroup, Provider } from './page-state.ts';
import { ControlRefusal, control } from './service-calls.ts';

/** Paths that people break first, below the base URL. */
const COMMON_PATHS: Readonly<Record<Provider, readonly string[]>> = {
  rendobar: ['/jobs', '/jobs/*', '/jobs/*/cancel', '/billing/state'],
  phantomflow: ['/api/render', '/api/jobs', '/api/jobs/*', '/api/render/schema'],
};

/** A small form for the common rules; sequences, delays and single accounts are the control plane's. */
export function faultForm(about: About, refresh: () => Promise<void>): void {
  const form = byId('fault-form', HTMLFormElement);
  const provider = byId('fault-provider', HTMLSelectElement);
  const effect = byId('fault-effect', HTMLSelectElement);
  const path = byId('fault-path', HTMLInputElement);
  const times = byId('fault-times', HTMLInputElement);
  const always = byId('fault-always', HTMLInputElement);
  const problem = byId('fault-problem', HTMLElement);
  let effects = new Map<string, Effect>();

  const explain = () => {
    const chosen = effects.get(effect.value);
    setText(byId('fault-words', HTMLElement), chosen?.words ?? '');
    path.disabled = chosen?.isForWebhooks === true;
  };
  const offer = () => {
    const vendor = about.providers.find((one) => one.provider === provider.value);
    if (!vendor) return;
    const before = effect.value;
    effects = new Map(vendor.faults.flatMap((group) => group.effects).map((one) => [one.label, one]));
    effect.replaceChildren(...vendor.faults.map(optionGroup));
    // A fault that both vendors have stays chosen.
    if (effects.has(before)) effect.value = before;
    const paths = COMMON_PATHS[vendor.provider].map((value) => element('option', { value }));
    byId('fault-paths', HTMLDataListElement).replaceChildren(...paths);
    explain();
  };

  provider.append(...about.providers.map((vendor) => element('option', { value: vendor.provider }, vendor.name)));
  provider.addEventListener('change', offer);
  effect.addEventListener('change', explain);
  always.addEventListener('change', () => {
    times.disabled = always.checked;
  });
  offer();

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const where = path.disabled ? '' : path.value.trim();
    const rule = {
      match: { provider: provider.value, ...(where === '' ? {} : { path: where }) },
      do: effects.get(effect.value)?.action,
      times: always.checked ? 'always' : times.valueAsNumber,
    };
    show(problem, false);
    try {
      await control('POST', '/faults', rule);
      announce('The fault is in force.');
      await refresh();
    } catch (error) {
      setText(problem, error instanceof ControlRefusal ? error.message : 'The sandbox did not answer.');
      show(problem, true);
    }
  });
}

function optionGroup({ label, effects }: EffectGroup): HTMLOptGroupElement {
  return element(
    'optgroup',
    { label },
    ...effects.map((effect) => element('option', { value: effect.label }, effect.label)),
  );
}

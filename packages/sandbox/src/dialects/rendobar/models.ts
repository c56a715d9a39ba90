interface ModelSeed {
  readonly id: string;
  readonly jobs: readonly string[];
  readonly tier: string;
  readonly price: string;
  readonly refs: number;
  readonly steps?: readonly [value: number, min: number, max: number];
}

/** Rendobar's image pages: the models by their tiers. Prices and defaults are the sandbox's own guess. */
const SEEDS: readonly ModelSeed[] = [
  { id: 'flux-2-klein-4b', jobs: ['image.generate', 'image.edit'], tier: 'economy', price: '$', refs: 4 },
  { id: 'z-image-turbo', jobs: ['image.generate'], tier: 'standard', price: '$$', refs: 0, steps: [8, 8, 12] },
  { id: 'qwen-image-2512', jobs: ['image.generate'], tier: 'premium', price: '$$$', refs: 0, steps: [30, 20, 50] },
  { id: 'qwen-image-edit-2511-lightning', jobs: ['image.edit'], tier: 'standard', price: '$$', refs: 3 },
  { id: 'qwen-image-edit-2511', jobs: ['image.edit'], tier: 'premium', price: '$$$', refs: 3 },
];

/** GET /models, of one job type or of all. */
export function viewModels(job: string | undefined) {
  return SEEDS.filter(({ jobs }) => job === undefined || jobs.includes(job)).map(
    ({ id, jobs, tier, price, refs, steps }) => ({
      id,
      jobs,
      tier,
      underReview: false,
      priceTier: price,
      maxRefImages: refs,
      steps: steps ? { default: steps[0], min: steps[1], max: steps[2] } : null,
      supports: { negativePrompt: steps !== undefined, guidance: steps !== undefined },
      enhanceDefault: false,
      status: 'active',
    }),
  );
}

export { phantomflow } from './phantomflow/index.ts';
export { rendobar } from './rendobar/index.ts';

import { describeFuzz } from './fuzz/comes-through.ts';

describeFuzz('phantomflow');

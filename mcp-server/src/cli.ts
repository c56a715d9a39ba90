#!/usr/bin/env node
import { capableNode, isCapable, runWith } from './node-version.ts';

// Everything else is loaded late: an older Node could not even link it.
if (isCapable(process.versions.node)) await import('./main.ts');
else runWith(capableNode(), process.versions.node);
